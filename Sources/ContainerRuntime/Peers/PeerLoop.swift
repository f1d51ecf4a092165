import CLinux
import Glibc
import Logging
public import SystemPackage

/// The companion `train peer`: one thread, one poll(2) over the hosts' connections and what PID 1 says on standard input.
///
/// - Its loop is its own, since it is a process of its own, and what strangers send is not read by PID 1.
/// - It listens on the job's own address only, and hears only addresses that the job's hosts resolve to.
/// - What is no message ends its connection and leaves a line in the log, of which there are not endlessly many.
/// - What it finds out is a file for PID 1, and its end.
public final class PeerLoop {
    let settings: PeerSettings
    var state: PeerState
    var connections: [PeerConnection] = []
    var verdict: PeerVerdict?
    private var listener: Int32 = -1
    private var ownInput = LineSplitter(longest: PeerMessage.longest)
    private var poller = Poller()
    private var nextConnect = Instant.now
    private var nextLook = Instant.now
    private var isServerKnown = false
    private var nextAddress = 0
    private var finishBy: Instant?
    private var saidLast = false
    private var inputIsOpen = true
    private var notes = 0
    private let allowed: Set<String>
    private var files: PeerFiles

    private static let helloTime = Duration.seconds(5)
    private static let notesAtMost = 50

    /// Runs the channel that a settings file describes, until the job is over; where there is a verdict already, it is told to
    /// those who join late.
    ///
    /// - Returns: The status of the process: 0 unless the channel could not be opened.
    public static func run(directory: FilePath) -> ExitStatus {
        guard let bytes = try? readFile(PeerSettings.file(in: directory), limit: 1 << 24),
            let settings = PeerSettings(json: bytes)
        else {
            log.error("\(PeerSettings.file(in: directory)): not the settings of a peer channel")
            return .failure
        }
        linux_raise_descriptor_limit()
        var told: PeerFailure?
        if let bytes = try? readFile(PeerSettings.verdictFile(in: directory), limit: 1 << 16),
            case .first(let first) = PeerVerdict(json: bytes)
        {
            told = first
        }
        return PeerLoop(settings, told: told).run()
    }

    init(_ settings: PeerSettings, told: PeerFailure? = nil) {
        self.settings = settings
        state = PeerState(settings, at: .now, told: told)
        files = PeerFiles(settings)
        // Our own too: another process of this host is no stranger.
        allowed = Set(settings.addresses.values.joined()).union([settings.address])
    }

    private func run() -> ExitStatus {
        if settings.isHub {
            listener = linux_listen(settings.address, Int32(settings.port))
            guard listener >= 0 else {
                let error = Errno(rawValue: errno)
                log.error("\(settings.address), port \(settings.port): the peer channel cannot listen: \(error)")
                return .failure
            }
        }
        // All that came before this moment has been read: a pause of our own is nobody's silence.
        var asked = Instant.now
        while true {
            let now = Instant.now
            perform(state.handle(.tick, at: asked, wallClock: WallTime.now.milliseconds), at: now)
            connectToHub(at: now)
            lookForServer(at: now)
            dropStrangers(at: asked)
            for connection in connections where !connection.isOpen { drop(connection, at: now) }
            connections.removeAll { !$0.isOpen }
            if isFinished(at: now) { break }
            asked = now
            do throws(Errno) {
                try wait(at: now)
            } catch {
                log.error("the other hosts cannot be waited for: \(error)")
                return .failure
            }
        }
        guard let verdict else { return .success }
        do throws(Errno) {
            try SmallFile.write(verdict.json, to: PeerSettings.verdictFile(in: settings.directory), mode: 0o600)
        } catch {
            log.error("the verdict of the peer channel cannot be written: \(error)")
            return .failure
        }
        return .success
    }

    func note(_ text: String) {
        notes += 1
        guard notes <= Self.notesAtMost else { return }
        log.notice("peers: \(text.asOneLine.cut(toUTF8: 300))\(notes == Self.notesAtMost ? " (no more of these)" : "")")
    }
}

extension PeerLoop {
    private func perform(_ actions: [PeerState.Action], at now: Instant) {
        for action in actions {
            switch action {
            case .send(let message, let host):
                connections.last { $0.host == host }?.send(message.line(time: WallTime.now.milliseconds))
            case .sendToAll(let message):
                let line = message.line(time: WallTime.now.milliseconds)
                for connection in connections where connection.host != nil { connection.send(line) }
            case .joined(let hello): files.add(hello)
            case .allReady: if settings.needsAll { files.markReady() }
            case .conclude(let verdict):
                self.verdict = verdict
                finishBy = now + (state.mayBeJoined && verdict != nil ? .seconds(3) : .seconds(1))
            case .note(let text): note(text)
            case .warn(let text): log.warning("peers: \(text)")
            }
        }
    }

    /// Whether everything that was said has arrived: our side is shut, and the others have closed theirs.
    private func isFinished(at now: Instant) -> Bool {
        guard let finishBy else { return false }
        if now >= finishBy { return true }
        guard !state.mayBeJoined || verdict == nil, connections.allSatisfy({ !$0.hasOutput }) else { return false }
        if !saidLast {
            saidLast = true
            // Not close(2): with unread bytes it would reset the connection and take what we said with it.
            for connection in connections { _ = shutdown(connection.descriptor, Int32(SHUT_WR)) }
        }
        return connections.allSatisfy { !$0.isOpen || $0.host == nil }
    }

    private func drop(_ connection: PeerConnection, at now: Instant) {
        guard let host = connection.host else { return }
        guard !connections.contains(where: { $0 !== connection && $0.isOpen && $0.host == host }) else { return }
        perform(state.handle(.lost(host), at: now, wallClock: WallTime.now.milliseconds), at: now)
    }

    private func connectToHub(at now: Instant) {
        guard !settings.isHub, finishBy == nil, connections.isEmpty, now >= nextConnect else { return }
        nextConnect = now + (state.peers[settings.hub]?.presence == .missing ? .seconds(2) : .milliseconds(250))
        let addresses = settings.addresses[settings.hub] ?? []
        guard !addresses.isEmpty, state.peers[settings.hub]?.presence != .ended else { return }
        let address = addresses[nextAddress % addresses.count]
        nextAddress += 1
        let descriptor = linux_connect(address, Int32(settings.port), settings.address)
        guard descriptor >= 0 else { return }
        connections.append(PeerConnection(descriptor, address: address, isConnecting: true, at: now))
    }

    /// Our own sshd is looked for in the kernel's table: a connection would leave a line in its log.
    private func lookForServer(at now: Instant) {
        guard settings.followsHub, !isServerKnown, now >= nextLook else { return }
        nextLook = now + .milliseconds(20)
        guard ListeningPorts.contains(SSHFiles.port) else { return }
        isServerKnown = true
        perform(state.handle(.serverAnswers, at: now, wallClock: WallTime.now.milliseconds), at: now)
    }

    private func dropStrangers(at now: Instant) {
        guard settings.isHub else { return }
        let strangers = connections.filter { $0.host == nil && $0.isOpen }
        for stranger in strangers where now >= stranger.since + Self.helloTime {
            note("\(stranger.address) said nothing in \(Self.helloTime.inSeconds)")
            stranger.finish()
        }
        // All hosts may connect at once, before the first of them is heard.
        for stranger in strangers.dropLast(settings.hosts.count + 256) { stranger.finish() }
    }
}

extension PeerLoop {
    private func wait(at now: Instant) throws(Errno) {
        poller.reset()
        let input = inputIsOpen ? poller.add(0, .readable) : nil
        let newcomers = settings.isHub ? poller.add(listener, .readable) : nil
        for connection in connections { connection.add(to: &poller) }
        var next = Instant.first(state.deadline(), finishBy)
        if settings.followsHub, !isServerKnown { next = .first(next, nextLook) }
        if !settings.isHub, connections.isEmpty { next = .first(next, max(nextConnect, now + .milliseconds(10))) }
        poller.wake(at: next.map { max($0, now + .milliseconds(1)) })
        try poller.wait()
        if poller.isReady(input) { readOwn() }
        for connection in connections where poller.isReady(connection.awaited) { serve(connection) }
        if poller.isReady(newcomers) { accept() }
    }

    /// What PID 1 says; the end of it without a word means that PID 1 is gone, and so are we.
    private func readOwn() {
        var buffer = [UInt8](repeating: 0, count: PeerMessage.longest)
        let count = read(0, &buffer, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else {
            inputIsOpen = false
            if finishBy == nil { finishBy = .now }
            return
        }
        var rest = buffer[..<count]
        while let line = ownInput.next(&rest) {
            guard let (message, _) = PeerMessage.read(Array(line.bytes)) else { continue }
            let now = Instant.now
            perform(state.handle(.own(message), at: now, wallClock: WallTime.now.milliseconds), at: now)
        }
    }

    private func accept() {
        var text = [CChar](repeating: 0, count: 64)
        for _ in 0..<64 {
            let descriptor = linux_accept(listener, &text, UInt(text.count))
            guard descriptor >= 0 else { return }
            let address = HostAddress.text(text)
            guard allowed.contains(address) else {
                close(descriptor)
                note("\(address) is no host of this job, and was refused")
                continue
            }
            connections.append(PeerConnection(descriptor, address: address, isConnecting: false, at: .now))
        }
    }

    private func serve(_ connection: PeerConnection) {
        if connection.isConnecting {
            guard linux_connect_result(connection.descriptor) == 0 else { return connection.finish() }
            connection.isConnecting = false
            connection.send(PeerMessage.hello(settings.hello).line(time: WallTime.now.milliseconds))
            return
        }
        connection.flush()
        guard let lines = connection.receive() else {
            note("\(connection.host ?? connection.address) sent a line of more than \(PeerMessage.longest) bytes")
            return connection.finish()
        }
        for line in lines where connection.isOpen || connection.host != nil {
            guard let (message, time) = PeerMessage.read(line) else {
                note("\(connection.host ?? connection.address) sent what is no message")
                return connection.finish()
            }
            hear(connection, message, time)
        }
    }

    private func hear(_ connection: PeerConnection, _ message: PeerMessage, _ time: Int) {
        let now = Instant.now
        if connection.host == nil {
            guard case .hello(let hello) = message, hello.job == settings.job, state.peers[hello.host] != nil else {
                note("\(connection.address) is not of this job, or did not say who it is")
                return connection.finish()
            }
            guard settings.isPlausible(hello.host, at: connection.address) else {
                note("\(connection.address) calls itself \(hello.host), which has other addresses")
                return connection.finish()
            }
            for other in connections where other !== connection && other.host == hello.host {
                // It came back before the old connection was seen to be gone; from elsewhere it is somebody else.
                guard other.address == connection.address || !other.isOpen else {
                    note("\(connection.address) calls itself \(hello.host), who is here already")
                    return connection.finish()
                }
                other.host = nil
                other.finish()
            }
            connection.host = hello.host
        }
        guard let host = connection.host else { return }
        let event = PeerState.Event.message(from: host, message, sentAt: time)
        perform(state.handle(event, at: now, wallClock: WallTime.now.milliseconds), at: now)
    }
}
