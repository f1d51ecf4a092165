import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What `train` says of its own commands and options, and whether a line of a page agrees with it.
struct CommandHelp {
    struct Command {
        let names: [String]
        /// The options by their spelling, and whether each takes a value.
        let options: [String: Bool]
        let operands: ClosedRange<Int>
    }

    let commands: [Command]
    /// A build without S3 and HTTP has commands of the right names that take nothing.
    var isWhole: Bool { commands.contains { $0.names.contains("fetch") && $0.operands.upperBound > 0 } }

    init() throws {
        let told = try TestSupport.Command(TestSupport.Command.train, ["--experimental-dump-help"]).run()
        let root = try #require(try JSONReader.read(told.output).object?["command"]?.object)
        commands = (root["subcommands"]?.array ?? []).compactMap(\.object).map(Self.command)
    }

    private static func command(_ object: JSONObject) -> Command {
        let arguments = (object["arguments"]?.array ?? []).compactMap(\.object)
        var options: [String: Bool] = [:]
        for argument in arguments where argument["kind"]?.string != "positional" {
            for name in (argument["names"]?.array ?? []).compactMap(\.object) {
                let dashes = name["kind"]?.string == "long" ? "--" : "-"
                options[dashes + (name["name"]?.string ?? "")] = argument["kind"]?.string == "option"
            }
        }
        let operands = arguments.filter { $0["kind"]?.string == "positional" }
        let repeats = operands.contains { $0["isRepeating"]?.boolean ?? false }
        let names =
            [object["commandName"]].compactMap { $0?.string } + (object["aliases"]?.array ?? []).compactMap(\.string)
        return Command(names: names, options: options, operands: 0...(repeats ? 1_000 : operands.count))
    }

    /// What is wrong with the words after `train`, or nil.
    func problem(with words: [String]) -> String? {
        var rest = words[...]
        if rest.first == "--generate-completion-script" {
            return words.count == 2 && ["bash", "zsh", "fish"].contains(words[1]) ? nil : "no shell of the three"
        }
        // What a job starts its helpers with has a parser of its own.
        if rest.first == "internal" {
            do throws(Failure) { _ = try HelperRequest(arguments: words.compactMap { RawString($0) }) } catch {
                return "\(error)"
            }
            return nil
        }
        var command = commands.first { $0.names.contains("run") }
        if let first = rest.first, !first.hasPrefix("-") {
            // COMMAND stands for any.
            if first == first.uppercased() { return nil }
            command = commands.first { $0.names.contains(first) }
            rest = rest.dropFirst()
        }
        guard let command else { return "no command is called \(words.first ?? "")" }
        var operands = 0
        while let word = rest.popFirst() {
            if word == "--" { return nil }
            guard word.hasPrefix("-"), word != "-" else {
                operands += 1
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let takesValue = command.options[parts[0]] else { return "\(command.names[0]) has no \(parts[0])" }
            if takesValue, parts.count == 1, rest.popFirst() == nil { return "\(parts[0]) lacks its value" }
        }
        return command.operands.contains(operands) ? nil : "\(command.names[0]) takes fewer operands"
    }
}

/// The command lines of a page: those in its code blocks, and in the text those that begin with `train`.
enum PageLines {
    /// The words after `train` of every use of it; those in the text only where that is asked for.
    static func uses(in page: String, text: Bool = true) -> [[String]] {
        var uses: [[String]] = []
        var language: String?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("```") {
                language = language == nil ? String(line.dropFirst(3)) : nil
            } else if let language {
                if ["", "sh", "bash", "console"].contains(language) { uses += commands(in: line) }
            } else if line.hasPrefix("    ") {
                uses += commands(in: line)
            } else if text {
                let spans = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                for (place, span) in spans where !place.isMultiple(of: 2) && span.hasPrefix("train ") {
                    uses += commands(in: String(span))
                }
            }
        }
        return uses
    }

    /// The uses in one line of a shell: behind variables, after `;` and `&&`, and as what a container is started with.
    private static func commands(in line: String) -> [[String]] {
        let separators: Set<String> = [";", "&&", "|", "||", "&", ">", "<"]
        var uses: [[String]] = []
        for command in words(of: line).split(whereSeparator: { separators.contains($0) }) {
            var rest = command.drop { $0.contains("=") && $0.first?.isUppercase == true || $0 == "$" }
            if rest.starts(with: ["docker", "run"]) { rest = rest.drop { $0 != "train" } }
            guard let first = rest.first, ["train", ".build/train", "/train"].contains(first) else { continue }
            uses.append(rest.dropFirst().filter { $0 != "…" })
        }
        return uses
    }

    /// The words of a line as a shell has them, without a comment, and without the brackets of what may be left away.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        func end() {
            if let whole = word, !whole.isEmpty { words.append(whole) }
            word = nil
        }
        for letter in line {
            switch (quote, letter) {
            case (nil, "'"), (nil, "\""): (quote, word) = (letter, word ?? "")
            case (let open?, _) where open == letter: quote = nil
            case (nil, "#") where word == nil: return words
            case (nil, "["), (nil, "]"), (nil, "`"): continue
            case (nil, " "): end()
            case (nil, ";"):
                end()
                words.append(";")
            default: word = (word ?? "") + String(letter)
            }
        }
        end()
        return words
    }
}
