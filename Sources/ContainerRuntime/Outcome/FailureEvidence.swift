public import SystemPackage

/// What is known about a failed step beside its exit code; each fact was looked at, none is guessed from another.
public struct FailureEvidence: Sendable {
    /// How the step ended.
    public var ending: StepReport.Ending
    /// The end of what it wrote to stderr, as text.
    public var tail: String
    /// The root cause's line.
    public var cause: String
    /// How many processes the kernel killed for lack of memory since the step began.
    public var memoryKills = 0
    /// The memory limit of the cgroup in bytes, where there is one.
    public var memoryLimit: Int?
    /// The size of /dev/shm in bytes, where it is mounted.
    public var sharedMemorySize: Int?
    /// The part of /dev/shm that is used, 0 to 1.
    public var sharedMemoryUse = 0.0
    /// Directories of the job whose file system is full.
    public var fullDirectories: [FilePath] = []
    /// The directory of the channels.
    public var inputData: FilePath = ""
    /// The channels that are there.
    public var channels: [String] = []
    /// The first bytes of the program's file.
    public var programHead: [UInt8] = []

    /// Makes evidence of an ending and the end of stderr.
    public init(ending: StepReport.Ending, tail: String, cause: String) {
        self.ending = ending
        self.tail = tail
        self.cause = cause
    }

    /// Whether the end of stderr holds a text.
    func says(_ text: String) -> Bool { tail.contains(text) }

    /// Whether the step died by a signal, also where a shell between us reported it as 128 and its number.
    func died(by signal: Signal) -> Bool {
        switch ending {
        case .signaled(let number, _): number == signal
        case .exited(let code): code == 128 + signal.rawValue
        default: false
        }
    }
}
