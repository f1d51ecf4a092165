/// The status that `train` ends with.
public struct ExitStatus: RawRepresentable, Hashable, Sendable {
    /// The number, 0 to 255.
    public let rawValue: Int32

    /// Makes a status of a number; only its lowest eight bits count, as for `exit(3)`.
    public init(rawValue: Int32) {
        self.rawValue = rawValue & 0xff
    }

    /// The program ended with 0, and the archive, where one is due, is in place.
    public static let success = ExitStatus(rawValue: 0)
    /// The runtime itself found something wrong.
    public static let failure = ExitStatus(rawValue: 1)
    /// The command was used wrongly: `EX_USAGE` of sysexits(3).
    public static let usage = ExitStatus(rawValue: 64)
    /// A limit fired and the program ended with 0 all the same, as timeout(1) has it.
    public static let timeout = ExitStatus(rawValue: 124)
    /// The program is there and cannot be executed, as a shell has it.
    public static let cannotExecute = ExitStatus(rawValue: 126)
    /// The program is not there, as a shell has it.
    public static let notFound = ExitStatus(rawValue: 127)

    /// The status of a program that a signal ended, as a shell has it: 128 and the signal's number.
    public static func signal(_ number: Int32) -> ExitStatus {
        ExitStatus(rawValue: 128 + number)
    }
}
