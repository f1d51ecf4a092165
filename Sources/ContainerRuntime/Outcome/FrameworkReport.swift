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
        guard let first = bytes.first, (65...90).contains(first), bytes.count <= 64 else { return false }
        return bytes.allSatisfy { (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) }
    }
}
