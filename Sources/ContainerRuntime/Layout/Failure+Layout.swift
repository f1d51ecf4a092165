/// What can be wrong with the places of a job.
extension Failure.Code {
    /// The directory of the output is there, and the user whose number this is may not write to it.
    public static func outputForbidden(user: UInt32) -> Self {
        Self("outputForbidden", .configuration) { subject in
            "\(subject): user \(user) may not write here, where the archives and the failure file belong; "
                + "change its owner or mode, or run as its owner"
        }
    }
}
