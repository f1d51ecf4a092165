/// How a program is asked to end, as data: signals with the time each one has, the last always SIGKILL.
struct ShutdownSequence: Hashable, Sendable {
    struct Request: Hashable, Sendable {
        var signal: Signal
        /// How long is waited for the end before the next request.
        var patience: Duration
    }

    /// The requests before the last.
    let requests: [Request]

    /// How long a killed process may take to vanish: one in an uninterruptible wait (a dead NFS server, a GPU driver) never
    /// does, and must not keep the job from ending.
    static let patienceAfterKill = Duration.seconds(2)

    /// A stop from outside: the signal that came is passed on, and after the grace period the group is killed.
    static func stop(_ signal: Signal, grace: Duration) -> ShutdownSequence {
        ShutdownSequence(requests: [Request(signal: signal, patience: grace)])
    }

    /// A limit that fired, for a program with a handler for SIGTERM: it may save first, then faulthandler may speak.
    static func limitForHandler(grace: Duration) -> ShutdownSequence {
        ShutdownSequence(requests: [
            Request(signal: .terminate, patience: grace), Request(signal: .abort, patience: .seconds(1)),
        ])
    }

    /// A limit that fired, for a program without a handler: SIGABRT at once, so that Python's faulthandler prints its stacks.
    static let limitWithoutHandler = ShutdownSequence(requests: [Request(signal: .abort, patience: .seconds(1))])

    /// What a program left running: a short time to end, since the program itself is gone.
    static let survivors = ShutdownSequence(requests: [Request(signal: .terminate, patience: .seconds(2))])

    /// The request at an index; past the last it is SIGKILL.
    func request(_ index: Int) -> Request {
        index < requests.count ? requests[index] : Request(signal: .kill, patience: Self.patienceAfterKill)
    }

    /// Whether the request at an index is the last.
    func isLast(_ index: Int) -> Bool { index >= requests.count }
}
