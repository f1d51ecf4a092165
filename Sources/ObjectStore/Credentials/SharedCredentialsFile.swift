import ContainerRuntime
import SystemPackage

/// The files `~/.aws/credentials` and `~/.aws/config`, and the profile of `AWS_PROFILE` in them.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
enum SharedCredentialsFile {
    /// The credentials of the profile, or nil where there is no file or no key in the profile.
    ///
    /// - Throws: `Failure` with code `credentialsUnusable` where `AWS_PROFILE` names a profile that is not there or needs more
    ///   than a key.
    static func read(environment: (String) -> String?) throws(Failure) -> Credentials? {
        let profile = profile(environment)
        let own = values("credentials", "AWS_SHARED_CREDENTIALS_FILE", profile, environment)
        let values = own.merging(configuration(environment)) { first, _ in first }
        guard let key = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            guard firstVariable(["AWS_PROFILE"], environment) != nil else { return nil }
            let reason =
                values.isEmpty
                ? "there is no such profile"
                : "the profile has no aws_access_key_id; roles and sign-on are not supported"
            throw Failure(.credentialsUnusable(reason: reason), "AWS_PROFILE \"\(profile)\"")
        }
        return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: values["aws_session_token"])
    }

    /// The region of the profile.
    static func region(environment: (String) -> String?) -> String? { configuration(environment)["region"] }

    private static func profile(_ environment: (String) -> String?) -> String {
        firstVariable(["AWS_PROFILE"], environment)?.value ?? "default"
    }

    private static func configuration(_ environment: (String) -> String?) -> [String: String] {
        let profile = profile(environment)
        return values("config", "AWS_CONFIG_FILE", profile == "default" ? profile : "profile \(profile)", environment)
    }

    /// A section of a file that a variable names, else of the one in the home directory.
    private static func values(
        _ file: String,
        _ variable: String,
        _ section: String,
        _ environment: (String) -> String?
    ) -> [String: String] {
        guard let path = environment(variable) ?? environment("HOME").map({ "\($0)/.aws/\(file)" }),
            let bytes = contents(path)
        else { return [:] }
        return parse(bytes)[section] ?? [:]
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
        try? OwnedDescriptor.open(FilePath(path)).readToEnd(limit: limit)
    }
}
