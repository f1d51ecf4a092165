public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

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

/// How much of a file system is used.
struct FileSystemUse {
    let size: Int
    let free: Int
    let freeNodes: Int

    /// The use of a file system of known numbers.
    init(size: Int, free: Int, freeNodes: Int = .max) {
        (self.size, self.free, self.freeNodes) = (size, free, freeNodes)
    }

    /// The corresponding C function is `statvfs`.
    init?(_ path: FilePath) {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
        self.init(status)
    }

    /// What a file system says of itself, which may be anything: network file systems answer -1 for what they do not count.
    init(_ status: statvfs) {
        func bytes(_ blocks: fsblkcnt_t) -> Int {
            let (product, isTooLarge) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
            return isTooLarge ? .max : Int(clamping: product)
        }
        size = bytes(status.f_blocks)
        free = bytes(status.f_bavail)
        // Some file systems count none and say 0 of 0.
        freeNodes = status.f_files == 0 ? .max : Int(clamping: status.f_favail)
    }

    /// Whether hardly anything more can be written.
    var isFull: Bool { size > 0 && (free < min(1 << 20, size / 100) || freeNodes == 0) }
}
