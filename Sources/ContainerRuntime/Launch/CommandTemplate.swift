/// A launcher that a framework's author writes as a command line with placeholders: `TRAIN_LAUNCH_COMMAND`.
///
/// ```
/// mylauncher --nodes {hosts_count} --rank {rank} --leader {leader} --each {processes_per_host} {program}
/// ```
///
/// - It is split at blanks into words; there is no shell and no quoting. A placeholder may be a part of a word.
/// - `{program}` stands for all words of the program and its arguments, and must be a word of its own.
/// - `{{` is a brace.
public struct CommandTemplate: Hashable, Sendable {
    /// The words, placeholders still in them.
    public let words: [String]

    /// The placeholders with what they stand for.
    public static let placeholders: [(name: String, help: String)] = [
        ("program", "the words of the program and its arguments"), ("hosts", "all hosts, separated by commas"),
        ("hosts_count", "how many hosts"), ("host", "this host"), ("rank", "the place of this host, from 0"),
        ("leader", "the first host"), ("port", "the port of a rendezvous, 7777"),
        ("processes_per_host", "how many processes each host runs"), ("processes", "how many processes in all"),
        ("interface", "the network interface"), ("gpus", "the GPUs of this host"), ("python", "the Python interpreter"),
    ]

    /// Reads a template.
    ///
    /// - Throws: `Failure` that names the placeholder that is not known, or says that `{program}` is missing.
    public init(_ text: String) throws(Failure) {
        words = MPIOptions.words(text)
        var hasProgram = false
        for word in words {
            if word == "{program}" {
                hasProgram = true
                continue
            }
            _ = try Self.fill(word) { name in
                Self.placeholders.contains { $0.name == name && name != "program" } ? "" : nil
            }
        }
        guard hasProgram else { throw Self.failure("a command line with the word {program}", text) }
    }

    /// The words for a host.
    public func words(_ facts: LaunchFacts, python: String, program: [RawString]) throws(Failure) -> [RawString] {
        let values = [
            "hosts": facts.hosts.joined(separator: ","), "hosts_count": String(facts.hosts.count),
            "host": facts.currentHost, "rank": String(facts.rank), "leader": facts.leader,
            "port": String(TrainingEnvironment.masterPort), "processes_per_host": String(facts.processesPerHost),
            "processes": String(facts.processesPerHost * facts.hosts.count), "interface": facts.interface,
            "gpus": String(facts.gpus), "python": python,
        ]
        var filled: [RawString] = []
        for word in words {
            if word == "{program}" {
                filled += program
            } else if let text = RawString(try Self.fill(word) { values[$0] }) {
                filled.append(text)
            }
        }
        return filled
    }

    private static func fill(_ word: String, _ value: (String) -> String?) throws(Failure) -> String {
        var filled: [UInt8] = []
        var rest = word.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "{") else {
                // A doubled closing brace is one, as a doubled opening one is.
                if byte == UInt8(ascii: "}"), rest.first == byte { rest = rest.dropFirst() }
                filled.append(byte)
                continue
            }
            if rest.first == byte {
                rest = rest.dropFirst()
                filled.append(byte)
                continue
            }
            let name = String(Substring(rest.prefix { $0 != UInt8(ascii: "}") }))
            rest = rest.dropFirst(name.utf8.count + 1)
            guard let text = value(name) else {
                let known = placeholders.map { "{\($0.name)}" }.joined(separator: ", ")
                throw failure("made of words with the placeholders \(known)", word)
            }
            filled += text.utf8
        }
        return String(decoding: filled, as: UTF8.self)
    }

    private static func failure(_ expected: String, _ found: String) -> Failure {
        Failure(.settingUnusable(expected: expected, found: found), RuntimeSetting.launchCommand.variable)
    }
}
