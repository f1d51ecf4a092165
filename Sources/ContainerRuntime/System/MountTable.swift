import Glibc
import SystemPackage

/// What is mounted where, as the kernel tells it without asking the file systems: proc_pid_mountinfo(5).
struct MountTable {
    /// The longest points first, of two mounts in one place the later one, which is the one that is seen; the root is "".
    private var mounts: [(point: [CChar], type: String)] = []

    /// Reads the table of this process, or none where there is no /proc.
    static func current(root: FilePath = "/") -> MountTable {
        MountTable((try? readFile(root.appending("proc/self/mountinfo"), limit: 1 << 22)) ?? [])
    }

    /// Takes the text of a table over.
    init(_ text: [UInt8]) {
        for line in text.split(separator: 0x0a) {
            let fields = line.split(separator: 0x20)
            // After a variable number of fields comes a dash, and the type behind it.
            guard fields.count > 6, let dash = fields.dropFirst(6).firstIndex(of: [0x2d]), dash + 1 < fields.count
            else {
                continue
            }
            let type = String(decoding: fields[dash + 1], as: UTF8.self)
            var point = Self.plain(fields[4]).map { CChar(bitPattern: $0) }
            if point.last == CChar(bitPattern: 0x2f) { point.removeLast() }
            mounts.append((point, type))
        }
        mounts = mounts.enumerated()
            .sorted { ($0.element.point.count, $0.offset) > ($1.element.point.count, $1.offset) }
            .map(\.element)
    }

    /// The type of the file system that a path without links lies on.
    func type(of path: FilePath) -> String? { mount(of: path)?.type }

    private func mount(of path: FilePath) -> (point: [CChar], type: String)? {
        path.withPlatformString { text in
            mounts.first { point, _ in
                strncmp(text, point, point.count) == 0 && (text[point.count] == 0 || text[point.count] == 0x2f)
            }
        }
    }

    /// Whether a path lies on another machine, or on what a program of this one serves: any call may wait there for ever.
    func mayHang(_ path: FilePath) -> Bool {
        // The root is what this program was started from, whatever serves it: fuse-overlayfs in rootless containers.
        guard let (point, type) = mount(of: path), !point.isEmpty else { return false }
        return Self.remote.contains(type) || type.hasPrefix("nfs") || (type.hasPrefix("fuse") && type != "fuseblk")
    }

    private static let remote: Set<String> = [
        "afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "ocfs2", "orangefs", "smb3",
    ]

    /// Blanks, tabs, line ends and backslashes are written as three octal digits.
    private static func plain(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            guard byte == 0x5c, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
                bytes.append(byte)
                continue
            }
            bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
            rest = rest.dropFirst(3)
        }
        return bytes
    }
}
