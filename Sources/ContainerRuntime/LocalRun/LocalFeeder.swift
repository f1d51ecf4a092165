import CLinux
import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What feeds a channel of one host in Pipe mode while the host runs: `train feed`, in a session of its own.
struct LocalFeeder {
    /// The channel's name.
    let channel: String
    /// What its lines in the log begin with.
    private let tag: String
    private let first: FilePath
    private let companion: Companion

    /// How long the first FIFO may take: a manifest is read whole before.
    static let patience = Duration.seconds(60)

    /// Starts the feeder of a channel, or nothing where it is in File mode.
    ///
    /// - Throws: `Failure` with code `spawnFailed`.
    init?(
        _ channel: LocalChannel,
        _ tree: LocalTree,
        _ output: LocalOutput,
        _ supervisor: Supervisor
    ) throws(Failure) {
        guard let feed = channel.feed else { return nil }
        self.channel = channel.name
        tag = tree.request.hosts.count > 1 ? "\(tree.host) feeder \(channel.name)" : "feeder \(channel.name)"
        let place = tree.paths.channel(channel.name)
        first = tree.paths.channel("\(channel.name)_0")
        let words = ["train", "feed", "--parent=\(getpid())"].compactMap { RawString($0) }
        let step = Step(
            name: tag,
            executable: "/proc/self/exe",
            arguments: words + feed.options + ["--", RawString(channel.path), RawString(place)],
            environment: EnvironmentVariables.current().entries
        )
        do throws(Errno) {
            let input = OwnedDescriptor(try SystemCall.value { open("/dev/null", O_RDONLY | O_CLOEXEC) })
            let errors = OwnedDescriptor(try output.connectErrors(tag))
            let child = try ChildProcess.start(
                step,
                inbox: supervisor.inbox,
                terminal: .none,
                input: input.rawValue,
                output: errors.rawValue,
                errors: errors.rawValue
            )
            companion = Companion(step: step, isVital: false, identity: child.identity, input: -1)
            supervisor.add(companion)
        } catch {
            throw Failure(.spawnFailed(program: "train feed"), tag, error)
        }
    }

    /// Whether the FIFO of the first epoch is there.
    var isReady: Bool { (try? FileStatus(link: first))?.isPipe ?? false }

    /// The failure where its FIFO did not come.
    var lateness: Failure {
        Failure(.pipeMissing(waited: Self.patience.inSeconds, there: "its feeder still runs"), first.string)
    }

    /// Whether it ended before it was told to.
    func hasEnded(_ supervisor: Supervisor) -> Bool { supervisor.wait(for: companion, atMost: .zero) }

    /// Whether it ended by an error of its own, be it at the moment at which it was told to end.
    var hasFailed: Bool {
        if case .exited? = companion.ending { true } else { false }
    }

    /// Why it ended: its last line, without what every line has at its begin.
    func words(_ output: LocalOutput) -> String {
        var line = output.lastLine(of: tag)
        for prefix in ["[train] ", "error: "] where line.starts(with: prefix.utf8) {
            line.removeFirst(prefix.utf8.count)
        }
        guard line.isEmpty else { return String(decoding: line, as: UTF8.self).asOneLine.cut(toUTF8: 900) }
        return companion.ending.flatMap(EndingWords.line) ?? "it said nothing"
    }
}

extension LocalRun {
    /// Has this process end with its parent, as by SIGTERM.
    ///
    /// The corresponding C function is `prctl` with PR_SET_PDEATHSIG.
    ///
    /// - Parameter parent: The parent that it had when it was started.
    /// - Returns: Whether that is still its parent.
    public static func endsWithParent(_ parent: Int32) -> Bool {
        let error = linux_end_with_parent(parent)
        guard error != 0, error != ESRCH else { return error == 0 }
        log.warning("the end of the parent will not be noticed: \(Errno(rawValue: error))")
        return true
    }
}
