/// How a hyperparameter that is true or false becomes an argument.
public enum BooleanStyle: String, Hashable, Sendable, CaseIterable {
    /// Python's text, as the toolkit has it: `--flag True`, `--flag False`.
    case value
    /// The name alone, or nothing at all: what argparse's `store_true` takes.
    case flag
    /// `--flag yes`, `--flag no`.
    case yesno
    /// JSON's text: `--flag true`, `--flag false`.
    case json

    /// What stands for a hyperparameter that is true or false.
    enum Argument {
        /// Neither name nor value.
        case nothing
        /// The name, and no value behind it.
        case nameAlone
        /// The name, and this value.
        case value(String)
    }

    /// What stands for a value.
    func argument(_ value: Bool) -> Argument {
        switch self {
        case .value: .value(value ? "True" : "False")
        case .flag: value ? .nameAlone : .nothing
        case .yesno: .value(value ? "yes" : "no")
        case .json: .value(value ? "true" : "false")
        }
    }
}

extension RuntimeSetting {
    /// How booleans become arguments.
    public static let booleanStyle = RuntimeSetting(
        variable: "TRAIN_BOOLEAN_STYLE",
        option: "--boolean-style",
        defaultText: "value",
        help: "How true and false become arguments: value (True, False), flag (the name or nothing), yesno or json.",
        expected: "value, flag, yesno or json",
        accepts: { BooleanStyle(rawValue: $0) != nil }
    )
}
