import SystemPackage

/// The arguments against what the program says that it takes: it is started with `--help`, which is why it has to be asked
/// for.
enum ArgumentCheck {
    /// Importing a framework takes its time.
    private static let seconds = 60.0

    static func findings(_ program: Program?, _ plan: LaunchPlan, _ facts: TrainingEnvironment) -> [Finding] {
        guard let entryPoint = program?.entryPoint else { return [] }
        var step = plan.program
        step.arguments = step.arguments.dropLast(facts.arguments.rawStrings.count) + ["--help"]
        let place = entryPoint.name
        guard let output = BoundedTool.output(step, seconds: seconds) else {
            let problem = "did not end with 0 when asked with --help, so that its arguments could not be compared"
            return [
                Finding(
                    .warning,
                    place,
                    problem,
                    advice: "run it by hand: \(plan.program.arguments.first.map(\.description) ?? "") … --help"
                )
            ]
        }
        return findings(place, facts.arguments.words, help: String(decoding: output, as: UTF8.self))
    }

    /// Compares words with the options that a help text names.
    static func findings(_ place: String, _ words: [String], help: String) -> [Finding] {
        let takes = options(in: help)
        guard !takes.isEmpty else {
            return [Finding(.warning, place, "says nothing of its options with --help", advice: "use argparse")]
        }
        return words.filter(isOption).filter { !isTaken($0, by: takes) }.map { word in
            let shown = takes.filter { $0 != "--help" && $0 != "-h" }.listing
            return Finding(
                .warning,
                place,
                "does not take \(word); it takes \(shown.isEmpty ? "no options" : shown)",
                advice: "rename the hyperparameter, add the option, or let the program use parse_known_args"
            )
        }
    }

    /// The options that a text names, in its order, each once.
    private static func options(in help: String) -> [String] {
        var found: [String] = []
        for word in help.split(whereSeparator: { " \t\n\r,=[]|(){}".contains($0) }).map(String.init) {
            if isOption(word), !found.contains(word) { found.append(word) }
        }
        return found
    }

    private static func isOption(_ word: String) -> Bool {
        let letters = word.drop { $0 == "-" }
        guard let first = letters.first, first.isLetter, word.hasPrefix("-") else { return false }
        return letters.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    }

    /// argparse takes the beginning of an option for the option, where only one begins like that.
    private static func isTaken(_ word: String, by options: [String]) -> Bool {
        if options.contains(word) { return true }
        return word.hasPrefix("--") && options.filter { $0.hasPrefix(word) }.count == 1
    }
}
