import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The pages, the manual and the completions agree with the program.
@Suite(.timeLimit(.minutes(60)))
struct CommandLineTests {
    private static let root = Page.root

    /// The commands that a build without S3 and HTTP has only the names of.
    private static let store = ["fetch", "sync"]

    /// Every use of `train` in the pages, with the page's name.
    private static func uses() throws -> [(page: String, words: [String])] {
        var pages = DirectoryListing.names(root.appending("docs")).filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        pages += DirectoryListing.names(root.appending("Examples")).map { "Examples/\($0)/README.md" }
        pages += ["README.md", "Python/README.md", "CONTRIBUTING.md"]
        let isWhole = try CommandHelp().isWhole
        var uses: [(page: String, words: [String])] = []
        for name in pages where FileSystem.exists(root.appending(name)) {
            for words in PageLines.uses(in: try Page(name).text) where isWhole || !store.contains(words.first ?? "") {
                uses.append((name, words))
            }
        }
        return uses
    }

    @Test func everyCommandLineOfThePagesIsOneThatTrainTakes() throws {
        let help = try CommandHelp()
        let uses = try Self.uses()
        for (page, words) in uses {
            let problem = help.problem(with: words)
            #expect(problem == nil, "\(page): train \(words.joined(separator: " "))")
        }
        #expect(uses.count > 40, "the pages have command lines")
    }

    /// What the program's own parser says of words, or nil; what they do then is no matter here.
    private func refusal(of words: [String], within limit: Double = 5) throws -> String? {
        let tree = try JobTree()
        defer { tree.remove() }
        let here = words.map { word in
            // Of alternatives the first one, and for what stands for a number one.
            let first = word.split(separator: "|").first.map(String.init) ?? word
            return first == "N" ? "2" : first.replacing("/tmp/ml", with: tree.base.string)
        }
        var command = tree.train(here, environment: ["AWS_EC2_METADATA_DISABLED": "true"], limit: limit)
        command.workingDirectory = tree.scratch.string
        let result = try command.run()
        return result.status == 64 && result.errorText.contains("Usage: train") ? result.errorText : nil
    }

    /// They are started for real, in a directory with nothing in it.
    @Test func everyCommandLineOfThePagesIsParsedByTrainItself() throws {
        var told: Set<[String]> = []
        // A name alone in a text is no use of it.
        for (page, words) in try Self.uses() where words.count > 1 && words.last != "--" && told.insert(words).inserted
        {
            if words[0] == words[0].uppercased(), !words[0].hasPrefix("-") { continue }
            let refusal = try refusal(of: words)
            #expect(refusal == nil, "\(page): train \(words.joined(separator: " "))")
        }
        #expect(told.count > 25)
        for wrong in [["check", "--nope"], ["pack", "a", "b", "--threads", "x"], ["env", "--format", "xml"]] {
            #expect(try refusal(of: wrong, within: 300) != nil)
        }
    }

    @Test(
        arguments: [
            ("    train chekc", "no command is called chekc"), ("    train check --nope", "check has no --nope"),
            ("    A=1 train env --format", "--format lacks its value"),
            ("text `train env x`", "env takes fewer operands"),
            ("    true && .build/train fetch a b c", "fetch takes fewer operands"),
            ("    docker run --rm -v a:b IMAGE train --nope", "run has no --nope"),
            ("    train --generate-completion-script csh", "no shell of the three"),
            ("    train run --grace-period=5s --dry-run", nil), ("    train exec -- anything --at --all", nil),
            ("    train", nil), ("text `train COMMAND --help`", nil), ("    docker run train-image", nil),
        ] as [(String, String?)]
    )
    func aLineIsToldByWhatIsWrongWithIt(_ page: String, _ problem: String?) throws {
        let help = try CommandHelp()
        if !help.isWhole, page.contains("fetch") { return }
        #expect(PageLines.uses(in: page).compactMap { help.problem(with: $0) } == [problem].compactMap(\.self))
    }

    // Needs Python, which makes the page.
    @Test(.enabled(if: Python.isThere, "python3 is not installed"))
    func theManualIsWhatTheProgramSays() throws {
        let script = Self.root.appending("scripts/make-manual").string
        let made = try Command(Python.path, [script, Command.train, "-"]).run()
        try #require(made.status == 0, "\(made.errorText)")
        let page = try readFile(Self.root.appending("docs/train.1"))
        let isNew = made.output == page
        #expect(isNew, "docs/train.1 is old: run scripts/make-manual")
    }

    // Needs groff, which reads the page as man does.
    @Test(.enabled(if: ExecutableSearch.find("groff", path: nil) != .missing, "groff is not installed"))
    func aStrangerReadsTheManualWithoutComplaint() throws {
        let page = Self.root.appending("docs/train.1").string
        let read = try Command("/usr/bin/groff", ["-man", "-Tutf8", "-ww", "-P-cbou", page]).run()
        #expect(read.status == 0 && read.errorText == "", "\(read.errorText)")
        for heading in ["NAME", "COMMANDS", "train check", "SETTINGS", "EXIT STATUS"] {
            #expect(read.outputText.contains(heading))
        }
        #expect(read.outputText.contains("--ask-help") && read.outputText.contains("TRAIN_BOOLEAN_STYLE"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func aCompletionScriptKnowsAllCommands(_ shell: String) throws {
        let script = try Command(Command.train, ["--generate-completion-script", shell]).run()
        #expect(script.status == 0)
        for name in ["run", "exec", "env", "check", "fetch", "pack", "sync"] {
            #expect(script.outputText.contains(name))
        }
        guard case .found(let path) = ExecutableSearch.find(RawString(shell) ?? "", path: nil) else { return }
        let checked = try Command(path.string, ["-n"], input: script.output).run()
        #expect(checked.status == 0, "\(checked.errorText)")
    }

    // Needs bash.
    @Test(.enabled(if: ExecutableSearch.find("bash", path: nil) != .missing, "bash is not installed"))
    func bashCompletesCommandsOptionsAndValues() throws {
        let script = try Command(Command.train, ["--generate-completion-script", "bash"]).run().outputText
        for (line, expected) in [("ch", "check"), ("check --as", "--ask-help"), ("env --format ", "shell json")] {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            let program = """
                \(script)
                COMP_WORDS=(train \(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count)
                COMP_LINE='train \(line)'; COMP_POINT=${#COMP_LINE}
                _train train "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                echo ${COMPREPLY[@]}
                """
            let told = try Command("/bin/bash", ["-c", program]).run()
            #expect(told.outputText == "\(expected)\n", "\(told.errorText)")
        }
    }
}
