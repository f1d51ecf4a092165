import SystemPackage

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
            return try readRegularFile(path)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch .invalidArgument {
            throw Failure(.unexpectedValue(key: "", expected: "a regular file", found: "something else"), path.string)
        } catch {
            throw Failure(.configurationUnreadable, path.string, error)
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
