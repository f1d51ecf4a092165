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

    /// The words for a hyperparameter, of which the first is the argument's name.
    func words(_ name: String, _ value: Bool) -> [String] {
        switch self {
        case .value: [name, value ? "True" : "False"]
        case .flag: value ? [name] : []
        case .yesno: [name, value ? "yes" : "no"]
        case .json: [name, value ? "true" : "false"]
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
