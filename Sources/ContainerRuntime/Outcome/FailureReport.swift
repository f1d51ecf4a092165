/// What a failure file says: the class and the root cause first, then as much as there is room for.
///
/// ```
/// ExecuteUserScriptError: ValueError: bad learning rate
/// ExitCode 1
/// Command "/usr/bin/python3 -- train.py --lr 5"
/// (one line of advice)
/// (the end of the traceback)
/// ```
public struct FailureReport: Hashable, Sendable {
    /// Whose fault it is.
    public var failureClass: FailureClass
    /// Why, in one line.
    public var cause: String
    /// `ExitCode 3` or `Signal SIGKILL (9)`; nothing where no program ended.
    public var ending: String?
    /// The command, as a person would read it.
    public var command: String?
    /// What to do about it, where that is known.
    public var advice: String?
    /// The end of what the program wrote, oldest line first.
    public var context: [String]

    /// The largest failure file in bytes: the platform shows 1,024 characters, and bytes are never fewer.
    public static let limit = 1024
    private static let causeLimit = 400
    private static let commandLimit = 200
    private static let adviceLimit = 240

    /// Makes a report.
    public init(
        _ failureClass: FailureClass,
        cause: String,
        ending: String? = nil,
        command: String? = nil,
        advice: String? = nil,
        context: [String] = []
    ) {
        self.failureClass = failureClass
        self.cause = cause
        self.ending = ending
        self.command = command
        self.advice = advice
        self.context = context
    }

    /// The report with every secret covered.
    ///
    /// Before the text is cut, since of a secret that is cut in two the first part would stay.
    func masked(by mask: SecretMask) -> FailureReport {
        var covered = self
        covered.cause = mask.mask(cause)
        covered.command = command.map { mask.mask($0) }
        covered.advice = advice.map { mask.mask($0) }
        // As one text: a key may have several lines.
        covered.context = mask.mask(context.joined(separator: "\n")).split(
            separator: "\n",
            omittingEmptySubsequences: false
        ).map(String.init)
        return covered
    }

    /// The text of the failure file: valid UTF-8, at most 1,024 bytes, cut at a character's border.
    public var text: String {
        let first = "\(failureClass.rawValue): \(cause)".asOneLine
        var lines = [first.cut(toUTF8: Self.causeLimit)]
        if let ending { lines.append(ending) }
        if let command { lines.append("Command \"\(command.asOneLine.cut(toUTF8: Self.commandLimit))\"") }
        if let advice { lines.append(advice.asOneLine.cut(toUTF8: Self.adviceLimit)) }
        var room = Self.limit - lines.reduce(0) { $0 + $1.utf8.count + 1 }
        var kept: [String] = []
        // From the end: the last lines are those that the cause stands in.
        for line in context.reversed() {
            guard line.utf8.count + 1 <= room else { break }
            room -= line.utf8.count + 1
            kept.append(line)
        }
        // A context of the cause alone would say it twice.
        if kept.count > 1 { lines += kept.reversed() }
        return lines.joined(separator: "\n").cut(toUTF8: Self.limit)
    }
}
