import SystemPackage
import TestSupport

/// Archives that no decent program would make, put together with Python's tarfile and zipfile.
enum Archives {
    /// Runs a Python script that gets `tar(name, kind, target, mode, data)` and writes `t`, opened at the path.
    static func tar(_ tree: JobTree, _ name: String, _ body: String, mode: String = "w:gz") throws -> String {
        let path = tree.scratch.appending(name).string
        let script = """
            import io, sys, tarfile, os
            t = tarfile.open(sys.argv[1], sys.argv[2], format=tarfile.GNU_FORMAT)
            def add(name, data=b"x", type=tarfile.REGTYPE, mode=0o644, target="", mtime=1700000000):
                i = tarfile.TarInfo(name); i.size = len(data) if type == tarfile.REGTYPE else 0
                i.type = type; i.mode = mode; i.linkname = target; i.mtime = mtime
                t.addfile(i, io.BytesIO(data))
            LINK, HARD, DIR, FIFO, CHR, BLK = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE,
                tarfile.CHRTYPE, tarfile.BLKTYPE)
            \(body.split(separator: "\n").joined(separator: "\n"))
            t.close()
            """
        return try make(path, script, [path, mode])
    }

    /// Runs a Python script that gets a `ZipFile` as `z`.
    static func zip(_ tree: JobTree, _ name: String, _ body: String) throws -> String {
        let path = tree.scratch.appending(name).string
        let script = """
            import sys, zipfile
            z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
            def add(name, data=b"x", mode=0o100644):
                i = zipfile.ZipInfo(name); i.external_attr = mode << 16; i.compress_type = zipfile.ZIP_DEFLATED
                i.create_system = 3
                z.writestr(i, data)
            \(body)
            z.close()
            """
        return try make(path, script, [path])
    }

    private static func make(_ path: String, _ script: String, _ arguments: [String]) throws -> String {
        let result = try Command("/usr/bin/env", ["python3", "-c", script] + arguments).run()
        guard result.status == 0 else { throw Broken(text: result.errorText) }
        return path
    }

    struct Broken: Error {
        let text: String
    }
}
