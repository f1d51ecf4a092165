import CLinux
import Glibc
import SystemPackage

/// Runs mpirun, or a program whose lines are to be JSON, and passes its output on in whole lines; its ending is ours.
///
/// Signals go on to mpirun, which tells its ranks. Any other program's group gets them itself, and us with it.
enum RankLines {
    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - words: The executable's path, then its arguments.
    ///   - environment: All variables.
    ///   - format: What makes the lines; each stream has its own.
    ///   - inbox: The signals of this process.
    /// - Returns: The program's own status.
    static func run(
        _ words: [RawString],
        environment: [RawString],
        _ format: LineFormat,
        _ inbox: SignalInbox
    ) -> ExitStatus {
        guard let first = words.first else { return .usage }
        do throws(Errno) {
            let pipes = [try PipeEnds(), try PipeEnds()]
            let signals = try inbox.makeDescriptor()
            let name = FilePath(first).lastComponent?.string ?? "mpirun"
            var spawn = ProcessSpawn(
                executable: FilePath(first),
                arguments: [RawString(name) ?? ""] + words.dropFirst(),
                environment: environment
            )
            (spawn.output, spawn.errors) = (.descriptor(pipes[0].write), .descriptor(pipes[1].write))
            spawn.signals = inbox.inherited
            let child = try spawn.start()
            for pipe in pipes { close(pipe.write) }
            let output = FilteredPipe(pipes[0].read, format.filter("stdout"))
            let errors = FilteredPipe(pipes[1].read, format.filter("stderr"))
            return try follow(child, [(output, 1), (errors, 2)], signals, passesSignals: format.passesSignals)
        } catch {
            RuntimeLog.shared.write("\(first): \(error)")
            return error == .noSuchFileOrDirectory ? .notFound : .cannotExecute
        }
    }

    /// How long what the program left running is heard after its end, the time that a slow reader takes not counted.
    private static let patience = Duration.seconds(2)
    /// So many bytes of it are passed on at most, however slow the reader is.
    private static let mostAfterEnd = 1 << 20

    /// A loop of its own, since this is a process of its own: no step is supervised here, and the reader is waited for.
    private static func follow(
        _ child: ProcessID,
        _ streams: [(pipe: FilteredPipe, destination: Int32)],
        _ signals: borrowing OwnedDescriptor,
        passesSignals: Bool
    ) throws(Errno) -> ExitStatus {
        var status: ExitStatus?
        var deadly: Signal?
        var giveUp: Instant?
        var left = mostAfterEnd
        var poller = Poller()
        while status == nil || streams.contains(where: \.pipe.isOpen) {
            if let giveUp, Instant.now >= giveUp { break }
            poller.reset()
            poller.add(signals.rawValue, .readable)
            for stream in streams { stream.pipe.add(to: &poller) }
            // After its end a stranger may hold the pipes open, and write nothing.
            poller.wake(at: giveUp)
            try poller.wait()
            while let signal = SignalInbox.next(signals) {
                if signal != .child, passesSignals { child.send(signal) }
            }
            var change = linux_child_change()
            while linux_collect_child(-1, 0, &change) == 1 {
                guard change.pid == child.rawValue else { continue }
                if change.exited != 1, !passesSignals { deadly = Signal(rawValue: change.code) }
                status = change.exited == 1 ? ExitStatus(rawValue: change.code) : .signal(change.code)
                giveUp = .now + patience
            }
            // However slow the reader is: what the program wrote is passed on. What it left running may write for ever.
            for (pipe, destination) in streams where poller.isReady(pipe.awaited) {
                let begin = Instant.now
                let (count, lines) = pipe.read()
                emit(lines, to: destination)
                guard let end = giveUp else { continue }
                left -= count
                giveUp = left > 0 ? end + (Instant.now - begin) : begin
            }
        }
        for (pipe, destination) in streams { emit(pipe.finish(), to: destination) }
        // Whoever waits for us sees what ended the program.
        if let deadly {
            linux_no_core_dump()
            linux_end_by_signal(deadly.rawValue)
        }
        return status ?? .failure
    }

    /// A reader that went away wants nothing more; mpirun goes on, as it would with its own pipe closed on the ranks.
    private static func emit(_ bytes: [UInt8], to destination: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(destination, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

/// How the lines of a program are made, and who passes signals on to it.
struct LineFormat: Hashable, Sendable {
    /// Host and rank of what mpirun tags.
    var ranks: RankTagger?
    /// Whether lines are JSON.
    var isJSON = false
    /// The host that lines of JSON are of.
    var place: LogPlace?
    /// Whether signals have to be passed on: not where the whole group gets them.
    var passesSignals = true

    func filter(_ stream: String) -> any LineFilter {
        if isJSON { return JSONLines(stream: stream, place: place, ranks: ranks) }
        return ranks ?? RankTagger(perHost: 1, hosts: [])
    }
}
