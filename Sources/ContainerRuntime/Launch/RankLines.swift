import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

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
            var streams = [try Stream(destination: 1, format), try Stream(destination: 2, format)]
            let signals = try inbox.makeDescriptor()
            let name = FilePath(first).lastComponent?.string ?? "mpirun"
            let child = try start(
                FilePath(first),
                [RawString(name) ?? ""] + words.dropFirst(),
                environment,
                streams,
                inbox
            )
            for index in streams.indices { streams[index].closeTheirs() }
            return follow(child, &streams, signals, passesSignals: format.passesSignals)
        } catch {
            RuntimeLog.shared.write("\(first): \(error)")
            return error == .noSuchFileOrDirectory ? .notFound : .cannotExecute
        }
    }

    /// In our group and session: what ends us by force ends it too.
    private static func start(
        _ executable: FilePath,
        _ words: [RawString],
        _ environment: [RawString],
        _ streams: [Stream],
        _ inbox: SignalInbox
    ) throws(Errno) -> Int32 {
        var pid: Int32 = 0
        let error = words.withCStrings { arguments in
            environment.withCStrings { variables in
                executable.withPlatformString { executable in
                    arguments.withUnsafeBufferPointer { arguments in
                        variables.withUnsafeBufferPointer { variables in
                            var request = linux_spawn_request()
                            request.executable = executable
                            request.arguments = arguments.baseAddress
                            request.environment = variables.baseAddress
                            request.standard_input = -1
                            request.standard_output = streams[0].theirs
                            request.standard_error = streams[1].theirs
                            request.foreground_terminal = -1
                            request.signal_mask = inbox.inherited.blocked
                            request.ignored_signals = inbox.inherited.ignored
                            return linux_spawn(&request, &pid)
                        }
                    }
                }
            }
        }
        try SystemCall.check(error)
        return pid
    }

    /// How long what the program left running is heard after its end, the time that a slow reader takes not counted.
    private static let patience = Duration.seconds(2)
    /// So many bytes of it are passed on at most, however slow the reader is.
    private static let mostAfterEnd = 1 << 20

    private static func follow(
        _ child: Int32,
        _ streams: inout [Stream],
        _ signals: borrowing OwnedDescriptor,
        passesSignals: Bool
    ) -> ExitStatus {
        var status: ExitStatus?
        var deadly: Signal?
        var giveUp: Instant?
        var left = mostAfterEnd
        while status == nil || streams.contains(where: \.isOpen) {
            if let giveUp, Instant.now >= giveUp { break }
            var waiters = [linux_waiter(descriptor: signals.rawValue, events: linux_readable, returned: 0)]
            waiters += streams.map {
                linux_waiter(descriptor: $0.isOpen ? $0.ours : -1, events: linux_readable, returned: 0)
            }
            // After its end a stranger may hold the pipes open, and write nothing.
            let limit: Int64 = giveUp == nil ? -1 : 100_000_000
            _ = waiters.withUnsafeMutableBufferPointer { linux_wait($0.baseAddress, UInt32($0.count), limit) }
            while let signal = SignalInbox.next(signals) {
                if signal != .child, passesSignals { ProcessID(child)?.send(signal) }
            }
            var change = linux_child_change()
            while linux_collect_child(0, &change) == 1 {
                guard change.pid == child else { continue }
                if change.exited != 1, !passesSignals { deadly = Signal(rawValue: change.code) }
                status = change.exited == 1 ? ExitStatus(rawValue: change.code) : .signal(change.code)
                giveUp = .now + patience
            }
            // However slow the reader is: what the program wrote is passed on. What it left running may write for ever.
            for index in streams.indices where waiters[index + 1].returned != 0 {
                let begin = Instant.now
                let count = streams[index].pass()
                guard let end = giveUp else { continue }
                left -= count
                giveUp = left > 0 ? end + (Instant.now - begin) : begin
            }
        }
        for index in streams.indices { streams[index].finish() }
        // Whoever waits for us sees what ended the program.
        if let deadly {
            linux_no_core_dump()
            linux_end_by_signal(deadly.rawValue)
        }
        return status ?? .failure
    }

    private struct Stream {
        let ours: Int32
        private(set) var theirs: Int32
        private(set) var isOpen = true
        private let destination: Int32
        private var filter: any LineFilter

        init(destination: Int32, _ format: LineFormat) throws(Errno) {
            var ends = (read: Int32(-1), write: Int32(-1))
            try SystemCall.check(linux_pipe(&ends.read, &ends.write))
            (ours, theirs, self.destination) = (ends.read, ends.write, destination)
            filter = format.filter(destination == 1 ? "stdout" : "stderr")
        }

        mutating func closeTheirs() {
            close(theirs)
            theirs = -1
        }

        /// Passes on what is there, and says how many bytes that were.
        mutating func pass() -> Int {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(ours, &buffer, buffer.count)
            if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
            guard count > 0 else {
                close(ours)
                isOpen = false
                return 0
            }
            emit(filter.take(buffer[..<count]))
            return count
        }

        mutating func finish() {
            emit(filter.finish())
            if isOpen { close(ours) }
            isOpen = false
        }

        /// A reader that went away wants nothing more; mpirun goes on, as it would with its own pipe closed on the ranks.
        private func emit(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(destination, $0.baseAddress, $0.count) }
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(0, count))
            }
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
