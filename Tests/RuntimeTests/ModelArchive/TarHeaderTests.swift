import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct TarHeaderTests {
    /// A04 and A22: sizes and times around the borders of octal digits, as Python and GNU tar understand them.
    @Test(arguments: [0, 1, 0o777_7777_7777, 1 << 33, 9 << 30, 1 << 40, 1 << 60])
    func bigNumbersAreRead(_ number: Int) throws {
        var header: [UInt8] = []
        TarHeader.append(.init(name: Array("x".utf8), kind: .file, size: number, modified: number), to: &header)
        let program = """
            import sys, tarfile
            t = tarfile.TarInfo.frombuf(sys.stdin.buffer.read(512), 'utf-8', 'strict')
            print(t.size, int(t.mtime), t.name, t.uid, t.gid, oct(t.mode))
            """
        let result = try Command("/usr/bin/env", ["python3", "-c", program], input: header).run()
        #expect(result.outputText == "\(number) \(number) x 0 0 0o644\n")
        let listing = try Command("/bin/tar", ["--utc", "-tvf", "-"], input: header).run()
        #expect(listing.outputText.contains(" \(number) "))
    }

    @Test(arguments: [1, 99, 100, 101, 255, 256, 4_096, 5_002])
    func namesOfEveryLengthAreRead(_ length: Int) throws {
        let name = [UInt8](repeating: 0x61, count: length)
        var archive: [UInt8] = []
        TarHeader.append(.init(name: name, kind: .link, target: name), to: &archive)
        archive += [UInt8](repeating: 0, count: 1024)
        let listing = try Command("/bin/tar", ["-tvf", "-"], input: archive).run().output
        #expect(
            String(decoding: listing, as: UTF8.self).hasSuffix(
                " \(String(decoding: name, as: UTF8.self)) -> \(String(decoding: name, as: UTF8.self))\n"
            )
        )
        let other = try Command("/usr/bin/env", ["bsdtar", "-tf", "-"], input: archive).run().output
        #expect(other == name + [0x0a])
    }
}
