import SystemPackage

/// What one process of ours asks of another: everything for which a job, or a local run, starts its own executable again.
///
/// - Its words are made and read in one file, `HelperTask+Words.swift`, and it is carried out in one, `HelperTask+Run.swift`.
/// - A path, and a command that is passed on, is bytes; everything else is text.
enum HelperTask: Hashable, Sendable {
    // MARK: User code

    /// Brings code to a directory, or all objects whose keys begin with the source.
    case fetch(String, to: FilePath, isPrefix: Bool)
    /// Becomes an installer that knows the address of a CodeArtifact repository.
    case index(String, command: [RawString])
    /// Writes the path of the newest whole checkpoint to a file; nothing where there is none.
    case newest(in: FilePath, file: FilePath, seconds: Int)

    // MARK: Hosts of a job

    /// Finds the addresses of hosts, and leaves them in the private directory.
    case resolve([String], directory: FilePath, seconds: Int)
    /// Keeps the channel to the other hosts open until the job is over.
    case channel(FilePath)
    /// Waits until all hosts are ready.
    case rendezvous(FilePath, seconds: Int)
    /// Runs what an ssh session asks for, with the job's variables.
    case session(FilePath)
    /// Runs a command and makes its lines: JSON, or with host and rank.
    case lines([RawString], LineFormat)

    // MARK: Beside the program

    /// Finds metrics in the copies of the program's output.
    case metrics([MetricDefinition], MetricFollower.Plan)
    /// Writes the use of the GPUs to a file, again and again.
    case gpus(FilePath, tool: FilePath)
    /// Digests the code that was in place at a moment, and counts the channels of a base directory.
    case record(FilePath, moment: Int, file: FilePath)
    /// Sends the files of a directory to S3 while they are written, until SIGTERM.
    case sync(FilePath, to: String)
    /// Feeds a channel in Pipe mode, epoch after epoch.
    case feed(PipeFeeder)

    // MARK: After the program

    /// Packs a directory, and leaves what the archive holds in a file.
    case pack(FilePath, to: FilePath, summary: FilePath?)
    /// Makes the page of a record, beside it.
    case report(FilePath, seconds: Int)
}
