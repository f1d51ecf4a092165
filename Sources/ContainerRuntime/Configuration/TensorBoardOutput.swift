public import SystemPackage

/// Where a job's logs for TensorBoard go, as input/config/tensorboardoutputconfig.json says: `LocalPath` and
/// `S3OutputPath`, which the platform keeps in step while the job runs.
///
/// The names are those of `TensorBoardOutputConfig` in SageMaker's API.
public struct TensorBoardOutput: Hashable, Sendable {
    /// The directory that the program writes to: `LocalPath`, or `output/tensorboard` below the base directory.
    public let directory: FilePath
    /// Where the platform copies it to, or nil.
    public let destination: String?

    /// Reads the file; nil where there is none, and where it cannot be used, which is a warning.
    static func read(_ paths: TrainingPaths, _ warnings: inout [JobWarning]) -> TensorBoardOutput? {
        let file = paths.configuration("tensorboardoutputconfig.json")
        let object: JSONObject
        do throws(Failure) {
            guard let read = try ConfigurationFile.readObject(file) else { return nil }
            object = read
        } catch {
            warnings.append(.configurationUnusable(message: error.description))
            return nil
        }
        let local = object["LocalPath"]?.string.flatMap { path in
            path.hasPrefix("/") && !path.utf8.contains(0) ? FilePath(path) : nil
        }
        return TensorBoardOutput(
            directory: local ?? paths.output.appending("tensorboard"),
            destination: object["S3OutputPath"]?.string
        )
    }
}
