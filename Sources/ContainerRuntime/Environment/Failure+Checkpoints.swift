/// What can be wrong with a checkpoint.
extension Failure.Code {
    /// The name of a checkpoint leaves its directory, or is one of the platform's.
    public static let checkpointNameUnusable = Self("checkpointNameUnusable", .executeUserScript) {
        "\"\($0)\" is no name for a checkpoint: a name without a directory and without .sagemaker- is expected"
    }

    /// Fewer checkpoints than one are to be kept.
    public static let checkpointCountUnusable = Self("checkpointCountUnusable", .executeUserScript) {
        "at least one checkpoint is kept, not \($0)"
    }

    /// Nothing was written where a checkpoint should be.
    public static let checkpointMissing = Self("checkpointMissing", .executeUserScript) {
        "\($0): nothing was written for this checkpoint"
    }

    /// A checkpoint could not be written or removed.
    public static let checkpointUnwritable = Self("checkpointUnwritable", .executeUserScript) {
        "\($0): the checkpoint cannot be written or removed"
    }
}
