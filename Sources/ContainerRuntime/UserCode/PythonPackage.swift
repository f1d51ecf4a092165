import SystemPackage

/// Whether a code directory is a Python package, to be installed and run as a module.
enum PythonPackage {
    /// A pyproject.toml that only configures tools makes no package: it needs [project] or [build-system], as PEP 517 and
    /// PEP 621 have them.
    static func isOne(_ code: FilePath) -> Bool {
        if (try? FileStatus(code.appending("setup.py")))?.isFile == true { return true }
        guard let bytes = try? readFile(code.appending("pyproject.toml"), limit: 1 << 20) else { return false }
        return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            return ["[project]", "[build-system]", "[project.", "[build-system."].contains {
                text.starts(with: $0.utf8)
            }
        }
    }
}
