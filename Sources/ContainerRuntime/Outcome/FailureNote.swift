import SystemPackage

/// How a framework's function or a helper failed, as its own process wrote it: one JSON object in a private file.
///
/// A function shares the file's directory, so that nothing in it is trusted: what is no text, or too long, is left out.
struct FailureNote: Hashable {
    let failureClass: FailureClass
    let cause: String
    private(set) var traceback: [String] = []

    private static let limit = 1 << 16

    init(_ failureClass: FailureClass, _ cause: String) {
        (self.failureClass, self.cause) = (failureClass, cause)
    }

    init(_ failure: Failure) { self.init(failure.failureClass, failure.description) }

    /// Writes the note; where it cannot be, the end of stderr is the cause.
    func write(to path: FilePath) {
        let object = JSONObject([("class", .string(failureClass.rawValue)), ("cause", .string(cause))])
        try? SmallFile.write(JSONWriter.bytes(.object(object)), to: path, mode: 0o600, isDurable: false)
    }

    /// Reads the note, or nothing where there is none, as when a signal ended the process.
    init?(_ path: FilePath) {
        guard let bytes = try? readFile(path, limit: Self.limit), let value = try? JSONReader.read(bytes) else {
            return nil
        }
        guard case .object(let object) = value, let cause = object["cause"]?.string else { return nil }
        let name = object["class"]?.string ?? ""
        self.init(Self.isName(name) ? FailureClass(rawValue: name) : .framework, cause)
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
