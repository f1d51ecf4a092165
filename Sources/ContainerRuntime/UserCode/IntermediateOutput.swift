/// Where `output/intermediate` goes while the program runs: the hyperparameter `sagemaker_s3_output`.
public enum IntermediateOutput: Hashable, Sendable {
    /// Nowhere: nothing was asked for, or a directory of this machine (`file://`), where it is already.
    case stays
    /// To this place, for `train sync`.
    case sync(String)

    /// Decides by the hyperparameter's text and the job's name; the key is the toolkit's:
    /// `PATH/JOB/output/intermediate`.
    ///
    /// Throws `settingUnusable` for anything but `s3://BUCKET…` and `file://…`.
    public init(_ text: String?, jobName: String?) throws(Failure) {
        guard let text, !text.isEmpty, !text.lowercased().hasPrefix("file://") else {
            self = .stays
            return
        }
        let parts = text.dropFirst("s3://".count).split(separator: "/")
        guard text.lowercased().hasPrefix("s3://"), !parts.isEmpty, text.dropFirst(5).first != "/" else {
            let expected = "s3://BUCKET/PREFIX or file://PATH"
            throw Failure(.settingUnusable(expected: expected, found: text), "sagemaker_s3_output")
        }
        let job = jobName.flatMap { $0.isEmpty ? nil : [Substring($0)] } ?? []
        self = .sync("s3://" + (parts + job + ["output", "intermediate"]).joined(separator: "/"))
    }
}
