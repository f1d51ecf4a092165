import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// PID 1's side of the channel to the other hosts: starts the companion, tells it how the program ended, reads its verdict.
final class PeerLink {
    let host: String
    let directory: FilePath
    private let supervisor: Supervisor
    private let companion: Companion
    private let step: Step
    private let isHub: Bool
    /// What this host told the others of its own failure.
    private(set) var told: PeerFailure?

    private var succeededAt: Instant?

    /// How long a host that lost its connection, or is just joining, may take to hear that the program ended with 0.
    private static let farewell = PeerState.patienceAfterLoss + .seconds(2)
    /// How long the channel may take to settle whose failure was the first.
    private static let patience = Duration.seconds(12)

    init(_ settings: PeerSettings, step: Step, supervisor: Supervisor) throws(Failure) {
        (host, directory, isHub) = (settings.host, settings.directory, settings.isHub)
        (self.supervisor, self.step) = (supervisor, step)
        do throws(Errno) {
            try SmallFile.write(settings.json, to: PeerSettings.file(in: directory), mode: 0o600)
        } catch {
            throw Failure(.peersUnprepared(what: "cannot be written"), PeerSettings.file(in: directory).string, error)
        }
        companion = try supervisor.startCompanion(step, isVital: true, hasInput: true)
    }

    /// Tells the others that the program ended with 0; who is not here hears it while the rest of the job is done.
    func succeed() {
        succeededAt = .now
        companion.tell(PeerMessage.ended.line(time: WallTime.now.milliseconds))
        _ = supervisor.wait(for: companion, atMost: .seconds(2))
    }

    /// Gives those who were not there what is left of their time; a stop ends it.
    func awaitOthers() {
        guard let succeededAt, !isOver else { return }
        _ = supervisor.finish(companion, atMost: succeededAt + Self.farewell - .now, grace: .zero)
    }

    /// Tells the others of a failure, and waits for the word which one was the first.
    func fail(_ failure: PeerFailure) -> PeerVerdict? {
        told = failure
        guard companion.tell(PeerMessage.failed(failure).line(time: WallTime.now.milliseconds)) else { return verdict }
        _ = supervisor.wait(for: companion, atMost: Self.patience)
        return verdict
    }

    /// Tells the failure to those who join while the rest of the job is done: they would run on for nothing.
    func tellWhoIsLate() {
        guard isHub, case .first = verdict else { return }
        do throws(Failure) {
            try supervisor.startCompanion(step, isVital: false, hasInput: true)
        } catch {
            log.warning("hosts that join late are not told of the failure: \(error)")
        }
    }

    /// Whether the channel is over.
    var isOver: Bool { companion.ending != nil }

    /// What the channel found out, once it is over.
    var verdict: PeerVerdict? {
        guard isOver, let bytes = try? readFile(PeerSettings.verdictFile(in: directory), limit: 1 << 16) else {
            return nil
        }
        return PeerVerdict(json: bytes)
    }
}
