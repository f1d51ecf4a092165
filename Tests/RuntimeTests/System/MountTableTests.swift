import SystemPackage
import Testing

@testable import ContainerRuntime

@Suite struct MountTableTests {
    private static let table = MountTable(
        Array(
            """
            22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 22 0:30 / /opt/ml/input rw - fuse.mountpoint-s3 mountpoint-s3 rw
            31 22 0:31 / /opt/ml/model rw master:3 propagate_from:1 - nfs4 10.0.0.1:/ rw
            32 22 0:32 / /opt/ml/with\\040blank rw - ceph 10.0.0.1:/ rw
            33 22 0:33 / /mnt rw - nfs server:/ rw
            34 33 0:34 / /mnt rw - tmpfs tmpfs rw
            a line that is none
            35 22 0:35 / /usb rw - fuseblk /dev/sda rw
            """.utf8
        )
    )

    @Test(
        arguments: [
            ("/", false), ("/opt/ml", false), ("/opt/ml/output", false), ("/opt/ml/input", true),
            ("/opt/ml/input/data/train", true), ("/opt/ml/inputs", false), ("/opt/ml/model", true),
            ("/opt/ml/with blank/x", true), ("/mnt/x", false), ("/usb", false),
        ]
    )
    func whatLiesOnAnotherMachineMayHang(_ path: String, _ mayHang: Bool) {
        #expect(Self.table.mayHang(FilePath(path)) == mayHang)
    }

    @Test func aRootThatAProgramServesIsNoOtherMachine() {
        let table = MountTable(
            Array("22 1 0:20 / / rw - fuse.fuse-overlayfs f rw\n30 22 0:30 / /far rw - nfs4 server:/ rw".utf8)
        )
        #expect(!table.mayHang("/opt/ml") && table.mayHang("/far/away"))
    }

    @Test func withoutATableNothingIsSaid() {
        #expect(MountTable([]).type(of: "/opt/ml") == nil && !MountTable([]).mayHang("/opt/ml"))
    }

    @Test func thisMachinesTableIsRead() {
        #expect(MountTable.current().type(of: "/proc/self") == "proc")
    }
}
