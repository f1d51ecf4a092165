public import Logging

/// How lines of the log look.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// The runtime's lines begin with a mark; the program's are its own.
    case text
    /// The runtime's lines are JSON; the program's are its own.
    case json
    /// All lines are JSON.
    case all = "json-all"
}

extension Logger.Level {
    /// The number of this level in Python's `logging`.
    public var pythonNumber: Int {
        switch self {
        case .trace: 5
        case .debug: 10
        case .info, .notice: 20
        case .warning: 30
        case .error: 40
        case .critical: 50
        }
    }

    /// The level of a number of Python's `logging`: DEBUG 10, INFO 20, WARNING 30, ERROR 40, CRITICAL 50.
    public init(python number: Int) {
        switch number {
        case ..<10: self = .trace
        case ..<20: self = .debug
        case ..<30: self = .info
        case ..<40: self = .warning
        case ..<50: self = .error
        default: self = .critical
        }
    }
}
