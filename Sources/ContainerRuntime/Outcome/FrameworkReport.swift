import SystemPackage

/// How a framework's function ended, as the bridge wrote it: one JSON object in a private file.
///
/// The function shares the file's directory, so that nothing in it is trusted: what is no text, or too long, is left out.
struct FrameworkReport: Hashable {
    let failureClass: FailureClass
    let cause: String
    let command: String?
    let traceback: [String]

    private static let limit = 1 << 16

    /// Reads the report, or nothing where there is none, as when a signal ended the process.
    init?(_ path: FilePath) {
        guard let bytes = try? readFile(path, limit: Self.limit), let value = try? JSONReader.read(bytes) else {
            return nil
        }
        guard case .object(let object) = value, let cause = object["cause"]?.string else { return nil }
        self.cause = cause
        let name = object["class"]?.string ?? ""
        failureClass = Self.isName(name) ? FailureClass(rawValue: name) : .framework
        command = object["command"]?.string
        let text = object["traceback"]?.string ?? ""
        traceback = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, first.isASCIIUppercase, bytes.count <= 64 else { return false }
        return bytes.allSatisfy(\.isASCIIAlphanumeric)
    }
}

/// The failure of a program that the Python toolkit ran and passed over: conformance cases 256 and 257.
///
/// `entry_point.run(wait=False)`, and its torchrun runner without capture_error, take every exit code for success. The
/// toolkit says the code in its log all the same, and nowhere else.
enum PassedOverExit {
    private static let words = (before: "Done waiting for a return code. Received ", after: " from exiting process.")

    /// The last exit code but 0 in the end of what a framework's function wrote to stderr.
    static func code(in tail: [UInt8]) -> Int? {
        let lines = tail.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        return lines.lazy.reversed().compactMap { line -> Int? in
            guard let start = line.firstRange(of: words.before), line.hasSuffix(words.after) else { return nil }
            return Int(line[start.upperBound...].dropLast(words.after.count)).flatMap { $0 == 0 ? nil : $0 }
        }.first
    }
}
