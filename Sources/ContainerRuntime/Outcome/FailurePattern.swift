import SystemPackage

/// One known way to fail, and the one line of advice for it; where it is said, the class and the exit status too.
///
/// A framework's author adds patterns of their own to `TrainingJob.failurePatterns`; the first that matches speaks.
public struct FailurePattern: Sendable {
    /// What it is about, in a word or two.
    public let name: String
    /// The advice where the evidence fits, or nil.
    public let advice: @Sendable (FailureEvidence) -> String?
    /// The first word of the failure file where the evidence fits, or nil for the class that it has without a pattern.
    public let failureClass: FailureClass?
    /// What the job ends with where the evidence fits, or nil for the program's own status.
    public let status: ExitStatus?

    /// Makes a pattern.
    ///
    /// Class and status hold for a program, a framework's function or a Swift function that failed by itself: not where a stop
    /// or a limit was the reason, and not for steps of the runtime. A status of 0 is none.
    public init(
        _ name: String,
        failureClass: FailureClass? = nil,
        status: ExitStatus? = nil,
        advice: @escaping @Sendable (FailureEvidence) -> String?
    ) {
        (self.name, self.failureClass) = (name, failureClass)
        self.status = status == .success ? nil : status
        self.advice = advice
    }

    /// The known patterns, the ones with the surest evidence first.
    public static let all: [FailurePattern] = [
        outOfMemory, sharedMemory, gpuMemory, nccl, diskFull, missingModule, missingPackage, missingChannel,
        carriageReturns, permission,
    ]
}

extension FailurePattern {
    /// The kernel's counter says so; 137 alone says only that something sent SIGKILL.
    static let outOfMemory = FailurePattern("out of memory") { evidence in
        guard evidence.memoryKills > 0 else { return nil }
        let limit = evidence.memoryLimit.map { " of \($0 >> 20) MiB" } ?? ""
        return
            "Out of memory: the kernel killed a process at the container's memory limit\(limit); use smaller batches, "
            + "fewer data loader workers, or an instance with more memory"
    }

    static let sharedMemory = FailurePattern("shared memory") { evidence in
        let busError =
            evidence.died(by: .bus) || evidence.says("Bus error") || evidence.says("insufficient shared memory")
        guard busError, let size = evidence.sharedMemorySize else { return nil }
        guard evidence.sharedMemoryUse > 0.9 || size <= 1 << 30 || evidence.says("insufficient shared memory") else {
            return nil
        }
        return
            "/dev/shm has \(size >> 20) MiB, too little for data loader workers: use fewer of them, or give the container "
            + "more (docker run --shm-size)"
    }

    static let gpuMemory = FailurePattern("CUDA out of memory") { evidence in
        let texts = [
            "CUDA out of memory", "torch.OutOfMemoryError", "CUDA_ERROR_OUT_OF_MEMORY", "cudaErrorMemoryAllocation",
        ]
        guard texts.contains(where: evidence.says) else { return nil }
        return "The GPU's memory is full: use smaller batches, mixed precision, or gradient checkpointing"
    }

    static let nccl = FailurePattern("NCCL timeout") { evidence in
        let isTimeout = evidence.says("Watchdog caught collective operation timeout") || evidence.says("NCCL timeout")
        let isError = evidence.says("ncclSystemError") || evidence.says("ncclRemoteError")
        guard isTimeout || (isError && evidence.says("NCCL")) else { return nil }
        return
            "A collective operation of NCCL did not finish: another rank has failed or hangs, look at its log first; "
            + "NCCL_DEBUG=INFO tells more"
    }

    static let diskFull = FailurePattern("disk full") { evidence in
        guard evidence.says("No space left on device") || evidence.says("Errno 28") else { return nil }
        let full = evidence.fullDirectories.map(\.string).joined(separator: ", ")
        return full.isEmpty
            ? "A file system was full when the program wrote to it: write less, or ask for a larger volume"
            : "The file system of \(full) is full: write less, or ask for a larger volume"
    }

    static let missingModule = FailurePattern("missing module") { evidence in
        guard let name = quoted(after: "No module named ", in: evidence.cause) else { return nil }
        let package = name.split(separator: ".").first.map(String.init) ?? name
        return
            "The module \(package) is not installed: name its package in requirements.txt beside the entry point, or install "
            + "it in the image"
    }

    static let missingPackage = FailurePattern("missing package") { evidence in
        let texts = ["(from versions: none)", "was not found in the package registry", "provided package locations"]
        guard texts.contains(where: evidence.says) else { return nil }
        return
            "The package is in no index that was asked and among no wheels: check its name; without a network its wheel has "
            + "to come with the code, in wheels/ beside requirements.txt (pip download -d wheels -r requirements.txt)"
    }

    static let missingChannel = FailurePattern("missing channel") { evidence in
        let data = evidence.inputData.string
        guard evidence.says("No such file or directory"), evidence.tail.contains(data + "/") else { return nil }
        let names = evidence.channels.isEmpty ? "none" : evidence.channels.joined(separator: ", ")
        return "Channels in \(data): \(names)"
    }

    static let carriageReturns = FailurePattern("CRLF") { evidence in
        guard evidence.programHead.contains(subsequence: "\r\n".utf8), !evidence.programHead.isPython else {
            return nil
        }
        return "The script has CRLF line ends, which a shell takes for a part of the words: save it with LF line ends"
    }

    static let permission = FailurePattern("permission") { evidence in
        guard evidence.cause.contains("Permission denied") || evidence.cause.contains("Errno 13") else { return nil }
        let path = quoted(after: "Permission denied: ", in: evidence.cause) ?? "the file"
        return
            "The program may not use \(path) as user \(userDescription): change its owner or mode in the image, or run as "
            + "another user"
    }

    private static func quoted(after marker: String, in text: String) -> String? {
        guard let found = text.firstRange(of: marker) else { return nil }
        let rest = text[found.upperBound...]
        guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
        let name = rest.dropFirst().prefix { $0 != quote }
        return name.isEmpty ? nil : String(name)
    }

    private static var userDescription: String { "\(CurrentProcess.user)" }
}

extension [UInt8] {
    fileprivate func contains(subsequence: some Collection<UInt8>) -> Bool {
        let wanted = Array(subsequence)
        guard count >= wanted.count else { return false }
        return (0...count - wanted.count).contains { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }

    /// Python takes every kind of line end.
    fileprivate var isPython: Bool {
        prefix { $0 != UInt8(ascii: "\n") }.elementsEqual("".utf8)
            || Interpreter(head: self)?.path.contains("python") == true
    }
}
