public import SystemPackage

/// The places of a job below its base directory, `/opt/ml` in a container.
///
/// The names are the platform's: "How Amazon SageMaker Provides Training Information" of its developer guide.
public struct TrainingPaths: Hashable, Sendable {
    /// The base directory.
    public let base: FilePath

    /// Makes the paths below a base directory; a trailing slash is dropped.
    public init(base: FilePath = "/opt/ml") {
        self.base = base
        input = base.appending("input")
        inputData = input.appending("data")
    }

    /// The user's code, the program's working directory.
    public var code: FilePath { base.appending("code") }
    /// What the program leaves to be kept.
    public var model: FilePath { base.appending("model") }
    /// What the platform hands in.
    public let input: FilePath
    /// The configuration's files.
    public var inputConfiguration: FilePath { input.appending("config") }
    /// The directory of the channels.
    public let inputData: FilePath
    /// What goes back to the platform.
    public var output: FilePath { base.appending("output") }
    /// What the program leaves beside the model.
    public var outputData: FilePath { output.appending("data") }
    /// What is copied to S3 while the program runs.
    public var outputIntermediate: FilePath { output.appending("intermediate") }
    /// Why the job failed, in at most 1,024 bytes.
    public var failure: FilePath { output.appending("failure") }
    /// The empty file of a job that ended well.
    public var success: FilePath { output.appending("success") }
    /// The archive of the model directory.
    public var modelArchive: FilePath { output.appending("model.tar.gz") }
    /// The archive of the output data.
    public var outputArchive: FilePath { output.appending("output.tar.gz") }
    /// Where checkpoints are kept in step with S3, unless checkpointconfig.json says otherwise.
    public var checkpoints: FilePath { base.appending("checkpoints") }

    /// One file of the configuration.
    public func configuration(_ name: String) -> FilePath { inputConfiguration.appending(name) }
    /// The directory of a channel.
    public func channel(_ name: String) -> FilePath { inputData.appending(name) }
}
