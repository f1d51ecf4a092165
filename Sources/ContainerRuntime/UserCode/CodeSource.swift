public import SystemPackage

/// Which code a job runs: what is in `code/` already, what is named, or what a channel brings.
///
/// A pure decision: whoever asks has looked at the directories.
public enum CodeSource: Hashable, Sendable {
    /// What is in the code directory, as it is; a location that is named as well and left alone, for the log.
    case inPlace(unused: String?)
    /// Code to be brought by `train fetch`, and why from there.
    case fetch(String, Reason)
    /// None: the code directory stays as empty as it is.
    case none

    /// Who named a source.
    public enum Reason: String, Hashable, Sendable {
        /// The variable `SAGEMAKER_SUBMIT_DIRECTORY`.
        case environment = "SAGEMAKER_SUBMIT_DIRECTORY"
        /// The hyperparameter `sagemaker_submit_directory`.
        case hyperparameter = "sagemaker_submit_directory"
        /// The channel `code`.
        case channel = "the channel code"
        /// The channel `code`, since the location that is named is in S3 and there are no credentials for it.
        case channelWithoutCredentials = "the channel code, since there are no credentials for S3"
    }

    /// What is known when it is decided.
    public struct Situation: Hashable, Sendable {
        /// The code directory.
        public var codeDirectory: FilePath
        /// The names in the code directory; empty where it is missing.
        public var codeListing: [String]
        /// `SAGEMAKER_SUBMIT_DIRECTORY`, where it is set.
        public var submitVariable: String?
        /// `sagemaker_submit_directory`, where it is given.
        public var submitHyperparameter: String?
        /// The directory of the channel `code`.
        public var channelDirectory: FilePath
        /// The names in the channel's directory; empty where it is missing.
        public var channelListing: [String]
        /// Whether the environment names credentials for S3: `namesCredentials`.
        public var hasCredentials: Bool

        /// Makes a situation.
        public init(
            codeDirectory: FilePath,
            codeListing: [String],
            submitVariable: String?,
            submitHyperparameter: String?,
            channelDirectory: FilePath,
            channelListing: [String],
            hasCredentials: Bool
        ) {
            self.codeDirectory = codeDirectory
            self.codeListing = codeListing
            self.submitVariable = submitVariable
            self.submitHyperparameter = submitHyperparameter
            self.channelDirectory = channelDirectory
            self.channelListing = channelListing
            self.hasCredentials = hasCredentials
        }
    }

    /// Decides for a job whose configuration is known, by what its directories hold now.
    static func decide(
        _ configuration: JobConfiguration,
        _ paths: TrainingPaths,
        _ incoming: EnvironmentVariables
    )
        -> CodeSource
    {
        let channel = paths.channel("code")
        return decide(
            Situation(
                codeDirectory: paths.code,
                codeListing: DirectoryListing.names(paths.code),
                submitVariable: incoming.text("SAGEMAKER_SUBMIT_DIRECTORY"),
                submitHyperparameter: configuration.hyperparameters.text("sagemaker_submit_directory"),
                channelDirectory: channel,
                channelListing: DirectoryListing.names(channel),
                hasCredentials: namesCredentials { incoming.text($0) }
            )
        )
    }

    /// Decides: a code directory with something in it, then the variable, then the hyperparameter, then the channel.
    ///
    /// Dot files alone do not fill a directory. A location that is the code directory itself asks for nothing.
    public static func decide(_ situation: Situation) -> CodeSource {
        let variable = situation.submitVariable.flatMap { $0.isEmpty ? nil : $0 }
        let hyperparameter = situation.submitHyperparameter.flatMap { $0.isEmpty ? nil : $0 }
        let isCodeDirectory = { (location: String) in
            guard case .path(let path)? = try? CodeLocation(location) else { return false }
            return path.lexicallyNormalized() == situation.codeDirectory.lexicallyNormalized()
        }
        let named = (variable ?? hyperparameter).flatMap { isCodeDirectory($0) ? nil : $0 }
        if holdsCode(situation.codeListing) { return .inPlace(unused: named) }
        let channel = channelSource(situation)
        guard let named else { return channel.map { .fetch($0, .channel) } ?? .none }
        if let channel, !situation.hasCredentials, named.lowercased().hasPrefix("s3://") {
            return .fetch(channel, .channelWithoutCredentials)
        }
        return .fetch(named, variable == nil ? .hyperparameter : .environment)
    }

    /// Whether a listing holds more than dot files.
    public static func holdsCode(_ listing: [String]) -> Bool { StagingDirectory.holdsMoreThanDotFiles(listing) }

    /// Whether the environment says where credentials for S3 are; a machine's own role (IMDS) is not asked for.
    public static func namesCredentials(_ variable: (String) -> String?) -> Bool {
        [
            "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
        ].contains { variable($0).map { !$0.isEmpty } ?? false }
    }

    /// The channel's archive, where it holds one, or the channel's directory.
    ///
    /// Network isolation sends `sourcedir.tar.gz` through the channel, beside nothing else.
    private static func channelSource(_ situation: Situation) -> String? {
        let names = situation.channelListing.filter { !$0.hasPrefix(".") }
        guard !names.isEmpty else { return nil }
        if names.contains("sourcedir.tar.gz") { return situation.channelDirectory.appending("sourcedir.tar.gz").string }
        if names.count == 1, [".tar.gz", ".tgz", ".tar", ".zip"].contains(where: names[0].lowercased().hasSuffix) {
            return situation.channelDirectory.appending(names[0]).string
        }
        return situation.channelDirectory.string
    }
}
