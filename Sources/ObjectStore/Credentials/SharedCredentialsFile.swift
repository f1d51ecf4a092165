public import ContainerRuntime
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The files `~/.aws/credentials` and `~/.aws/config`, and the profile of `AWS_PROFILE` in them.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
public enum SharedCredentialsFile {
    /// The credentials of the profile, or nil where there is no file or no key in the profile.
    ///
    /// Throws `credentialsUnusable` where `AWS_PROFILE` names a profile that is not there or needs more than a key.
    public static func read(environment: (String) -> String?) throws(Failure) -> Credentials? {
        let profile = profile(environment)
        var values: [String: String] = [:]
        for (variable, file, section) in places(environment, profile) {
            guard let path = variable ?? file, let bytes = contents(path) else { continue }
            values.merge(section.flatMap { parse(bytes)[$0] } ?? [:]) { first, _ in first }
        }
        guard let key = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            guard environment("AWS_PROFILE").map({ !$0.isEmpty }) == true else { return nil }
            let reason =
                values.isEmpty
                ? "there is no such profile"
                : "the profile has no aws_access_key_id; roles and sign-on are not supported"
            throw Failure(.credentialsUnusable(reason: reason), "AWS_PROFILE \"\(profile)\"")
        }
        return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: values["aws_session_token"])
    }

    /// The region of the profile.
    public static func region(environment: (String) -> String?) -> String? {
        let profile = profile(environment)
        guard let place = places(environment, profile).last, let path = place.0 ?? place.1, let bytes = contents(path)
        else {
            return nil
        }
        return place.2.flatMap { parse(bytes)[$0] }?["region"]
    }

    private static func profile(_ environment: (String) -> String?) -> String {
        environment("AWS_PROFILE").flatMap { $0.isEmpty ? nil : $0 } ?? "default"
    }

    private static func places(_ environment: (String) -> String?, _ profile: String) -> [(String?, String?, String?)] {
        let home = environment("HOME").map { "\($0)/.aws/" }
        let section = profile == "default" ? "default" : "profile \(profile)"
        return [
            (environment("AWS_SHARED_CREDENTIALS_FILE"), home.map { "\($0)credentials" }, profile),
            (environment("AWS_CONFIG_FILE"), home.map { "\($0)config" }, section),
        ]
    }

    /// Sections of `name = value` lines; deeper lines belong to nested settings, which hold no keys.
    static func parse(_ bytes: [UInt8]) -> [String: [String: String]] {
        var sections: [String: [String: String]] = [:]
        var section: String?
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            guard let first = line.first, first != UInt8(ascii: " "), first != UInt8(ascii: "\t") else { continue }
            let text = trimmed(String(decoding: line, as: UTF8.self))
            if text.hasPrefix("#") || text.hasPrefix(";") { continue }
            if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
                let words = text[..<end].dropFirst().split { $0 == " " || $0 == "\t" }
                let name = words.joined(separator: " ")
                (section, sections[name]) = (name, sections[name] ?? [:])
            } else if let section, let equals = text.firstIndex(of: "=") {
                let value = trimmed(String(text[text.index(after: equals)...]))
                sections[section]?[trimmed(String(text[..<equals])).lowercased()] = value
            }
        }
        return sections
    }

    private static func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// A small file's bytes, or nil where there is none to read.
    static func contents(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
