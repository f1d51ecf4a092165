import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// One of the files in input/config: read whole, parsed, known to hold an object.
enum ConfigurationFile {
    /// Reads the object that a file holds, or nothing if there is no such file.
    ///
    /// - Throws: `Failure` where the file cannot be read, is not JSON, or holds something else than an object.
    static func readObject(_ path: FilePath) throws(Failure) -> JSONObject? {
        guard let bytes = try readBytes(path) else { return nil }
        let value: JSONValue
        do throws(JSONProblem) {
            value = try JSONReader.read(bytes)
        } catch {
            throw error.failure(of: path.string, bytes)
        }
        guard let object = value.object else {
            throw Failure(.unexpectedValue(key: "", expected: "an object", found: value.kind), path.string)
        }
        return object
    }

    /// Reads a regular file whole, or nothing if there is none.
    static func readBytes(_ path: FilePath) throws(Failure) -> [UInt8]? {
        do throws(Errno) {
            // Without O_NONBLOCK a FIFO in place of the file would stop PID 1 for good: open(2).
            let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
            let opened = OwnedDescriptor(
                try SystemCall.value { () -> Int32 in path.withPlatformString { open($0, flags) } }
            )
            return try readRegular(opened.rawValue)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch .invalidArgument {
            throw Failure(.unexpectedValue(key: "", expected: "a regular file", found: "something else"), path.string)
        } catch {
            throw Failure(.configurationUnreadable, path.string, error)
        }
    }

    /// Reads a regular file; EINVAL, as from read(2), for everything else.
    private static func readRegular(_ descriptor: Int32) throws(Errno) -> [UInt8] {
        var status = stat()
        try SystemCall.value { fstat(descriptor, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        return try readAll(descriptor, expecting: max(0, Int(status.st_size)))
    }

    private static func readAll(_ descriptor: Int32, expecting size: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var buffer = [UInt8](repeating: 0, count: min(max(size + 1, 4_096), 1 << 16))
        while true {
            let count = try SystemCall.value {
                buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}

extension JSONProblem {
    /// The failure of a file of the configuration.
    func failure(of path: String, _ bytes: [UInt8]) -> Failure {
        let (line, column) = place(in: bytes)
        return Failure(
            .malformedJSON(line: line, column: column, expected: "\(expected.rawValue), found \(found)"),
            path
        )
    }
}
