/// What can keep a process from being started and watched.
extension Failure.Code {
    /// A descriptor that the loop needs could not be made.
    public static func loopUnavailable(call: String) -> Self {
        Self("loopUnavailable", .runtime) { "\($0): \(call) failed" }
    }

    /// A program could not be started.
    public static func spawnFailed(program: String) -> Self {
        Self("spawnFailed", .executeUserScript) { "\($0): \"\(program)\" could not be started" }
    }
}
