import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Runs mpirun and passes its output on with whole lines, each with host and rank; signals go to it, its status is ours.
public enum RankLines {
    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - words: The executable's path, then its arguments.
    ///   - environment: All variables.
    ///   - tagger: What makes the lines; each stream has its own.
    ///   - inbox: The signals of this process.
    /// - Returns: mpirun's own status.
    public static func run(
        _ words: [RawString],
        environment: [RawString],
        _ tagger: RankTagger,
        _ inbox: SignalInbox
    ) -> ExitStatus {
        guard let first = words.first else { return .usage }
        do throws(Errno) {
            var streams = [try Stream(destination: 1, tagger), try Stream(destination: 2, tagger)]
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
            return follow(child, &streams, signals)
        } catch {
            RuntimeLog.shared.write("error: \(first): \(error)")
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

    private static func follow(
        _ child: Int32,
        _ streams: inout [Stream],
        _ signals: borrowing OwnedDescriptor
    ) -> ExitStatus {
        var status: ExitStatus?
        var giveUp: Instant?
        while status == nil || streams.contains(where: \.isOpen) {
            if let giveUp, Instant.now >= giveUp { break }
            var waiters = [linux_waiter(descriptor: signals.rawValue, events: linux_readable, returned: 0)]
            waiters += streams.map {
                linux_waiter(descriptor: $0.isOpen ? $0.ours : -1, events: linux_readable, returned: 0)
            }
            // After its end only what is in the pipes is passed on: a stranger may hold them open.
            let limit: Int64 = giveUp == nil ? -1 : 100_000_000
            _ = waiters.withUnsafeMutableBufferPointer { linux_wait($0.baseAddress, UInt32($0.count), limit) }
            while let signal = SignalInbox.next(signals) {
                if signal != .child { ProcessID(child)?.send(signal) }
            }
            var change = linux_child_change()
            while linux_collect_child(0, &change) == 1 {
                guard change.pid == child else { continue }
                status = change.exited == 1 ? ExitStatus(rawValue: change.code) : .signal(change.code)
                giveUp = .now + .seconds(1)
            }
            for index in streams.indices where waiters[index + 1].returned != 0 { streams[index].pass() }
        }
        for index in streams.indices { streams[index].finish() }
        return status ?? .failure
    }

    private struct Stream {
        let ours: Int32
        private(set) var theirs: Int32
        private(set) var isOpen = true
        private let destination: Int32
        private var tagger: RankTagger

        init(destination: Int32, _ tagger: RankTagger) throws(Errno) {
            var ends = (read: Int32(-1), write: Int32(-1))
            try SystemCall.check(linux_pipe(&ends.read, &ends.write))
            (ours, theirs, self.destination, self.tagger) = (ends.read, ends.write, destination, tagger)
        }

        mutating func closeTheirs() {
            close(theirs)
            theirs = -1
        }

        mutating func pass() {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(ours, &buffer, buffer.count)
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            guard count > 0 else {
                close(ours)
                isOpen = false
                return
            }
            emit(tagger.take(buffer[..<count]))
        }

        mutating func finish() {
            emit(tagger.finish())
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
