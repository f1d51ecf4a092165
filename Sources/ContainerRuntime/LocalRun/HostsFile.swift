import Logging
import SystemPackage

/// Names and addresses of a job's hosts where no resolver knows them, in the form of /etc/hosts: hosts(5).
///
/// It is asked before the resolver, by the runtime alone: a program's own look-ups do not see it.
struct HostsFile {
    /// The variable that names the file.
    static let variable: RawString = "TRAIN_HOSTS_FILE"

    private var addresses: [String: [String]] = [:]

    /// Reads the file that a variable names; no variable is no names.
    init(_ environment: EnvironmentVariables) {
        var bytes: [UInt8] = []
        if let path = environment.text("\(Self.variable)"), !path.isEmpty {
            do throws(Errno) {
                bytes = try readFile(FilePath(path), limit: 1 << 20)
            } catch {
                log.warning("\(path): the file of \(Self.variable) cannot be read: \(error)")
            }
        }
        self.init(bytes: bytes)
    }

    /// Takes the lines of a file: an address, then names; `#` begins a comment.
    init(bytes: [UInt8]) {
        for line in bytes.split(separator: 0x0a) {
            let words = line.prefix { $0 != UInt8(ascii: "#") }.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
                .map { String(decoding: $0, as: UTF8.self) }
            guard let address = words.first else { continue }
            for name in words.dropFirst() { addresses[name, default: []].append(address) }
        }
    }

    /// The addresses of a name, or nil where the file does not have it.
    subscript(name: String) -> [String]? { addresses[name] }
}
