/// Something doubtful that does not keep the job from running: data first, the words below.
public enum JobWarning: Hashable, Sendable {
    // MARK: 1. Layout

    /// The model directory is a link to another directory.
    case modelDirectoryIsLink(path: String)
    /// A directory that is only useful could not be made.
    case directoryNotMade(path: String, reason: String)

    // MARK: 2. Configuration

    /// A file of the configuration is not there, and what is done instead.
    case configurationMissing(path: String, instead: String)
    /// The log level is no number that Python's `logging` has a use for.
    case logLevelUnusable(source: String, found: String)
    /// A channel is named and its directory is not there; what input/data holds.
    case channelMissing(name: String, path: String, holds: [String])
    /// A file that is only useful cannot be used.
    case configurationUnusable(message: String)

    /// Keywords of a schema that are not checked.
    case schemaKeywordsUnchecked(path: String, keywords: [String])

    // MARK: 3. Environment

    /// A name that cannot be a variable's, since it is empty or holds `=` or NUL: the variable is left out.
    case variableNameUnusable(key: String)
    /// A value that no variable can hold, since there is a NUL in it: the variable is left out.
    case variableValueUnusable(name: String)
    /// Two keys or channels meet in one variable; the last one of the file decides.
    case variableCollision(name: String, winner: String, losers: [String])
    /// A variable is too long or too much, and stands in a file.
    case variableInFile(name: String, bytes: Int, file: String)
    /// A tool that counts accelerators gave no usable answer.
    case toolUnusable(name: String)
    /// Only a job fetches its code: what that adds to the variables and arguments is not known.
    case codeMissing(source: String, reason: String)
}

extension JobWarning: CustomStringConvertible {
    /// The warning in one line.
    public var description: String {
        switch self {
        case .modelDirectoryIsLink(let path): "\(path): is a link; it is followed once"
        case .directoryNotMade(let path, let reason): "\(path): the directory cannot be made: \(reason)"
        case .configurationMissing(let path, let instead): "\(path): no such file; \(instead)"
        case .logLevelUnusable(let source, let found):
            "\(source): the log level must be a number such as 10, 20, 30, 40 or 50, found \(found); 20 is used"
        case .channelMissing(let name, let path, let holds):
            "channel \"\(name)\": \(path) is not there; "
                + (holds.isEmpty ? "input/data is empty" : "input/data holds \(holds.listing)")
        case .configurationUnusable(let message): "\(message); the file is ignored"
        case .schemaKeywordsUnchecked(let path, let keywords):
            "\(path): not checked: \(keywords.listing); only types, ranges, choices, defaults and names are"
        case .variableNameUnusable(let key):
            "hyperparameter or channel \"\(key)\": no variable can have this name, it is left out; the argument is passed"
        case .variableValueUnusable(let name): "\(name): its value holds a NUL, the variable is left out"
        case .variableCollision(let name, let winner, let losers):
            "\(name): \(losers.map { "\"\($0)\"" }.listing) and \"\(winner)\" meet in this variable; "
                + "it has the value of \"\(winner)\""
        case .variableInFile(let name, let bytes, let file):
            "\(name): \(bytes) bytes are too much for the environment; \(name)_FILE names a file that holds the value: "
                + file
        case .toolUnusable(let name): "\(name): no usable answer; its accelerators count as 0"
        case .codeMissing(let source, let reason):
            "what the code adds is unknown until it is fetched from \(source), named by \(reason)"
        }
    }
}
