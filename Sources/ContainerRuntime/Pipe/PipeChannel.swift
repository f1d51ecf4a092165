public import SystemPackage

/// A channel in Pipe mode: a row of FIFOs, `<channel>_0`, `<channel>_1`, one an epoch.
///
///     let channel = PipeChannel("training")
///     for epoch in 0..<3 {
///         var stream = try channel.open(epoch)
///         while let record = try stream.nextRecord() { … }
///     }
///
/// - The next FIFO may need a moment after the last one was closed: it is waited for, and so is its writer.
/// - A stream may be left before its end; what was not read is gone, and the next epoch begins.
/// - One reader at a time. The Python package's `PipeChannel` keeps the same rules.
///
/// https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
public struct PipeChannel: Sendable {
    /// The channel's name.
    public let name: String
    /// The directory of the FIFOs, input/data of a job.
    public let directory: FilePath
    /// How long a FIFO and its writer are waited for.
    public var patience: Duration
    /// The longest record that is taken, in bytes, so that a damaged length costs no memory.
    public var recordLimit: Int

    /// Makes a reader of a channel; nothing is opened yet.
    public init(
        _ name: String,
        directory: FilePath = TrainingPaths().inputData,
        patience: Duration = .seconds(60),
        recordLimit: Int = RecordIO.lengthLimit
    ) {
        self.name = name
        self.directory = directory
        self.patience = patience
        self.recordLimit = recordLimit
    }

    /// Makes a reader of a channel of a job.
    ///
    /// - Throws: `Failure` with code `channelUnknown`, which lists the channels that there are.
    public init(_ name: String, _ environment: TrainingEnvironment) throws(Failure) {
        self.init(name, directory: try environment.channelDirectory(name).removingLastComponent())
    }

    /// The place of an epoch's FIFO.
    public func path(_ epoch: Int) -> FilePath { directory.appending("\(name)_\(epoch)") }

    /// Opens an epoch and waits until something is written to it; its end closes it.
    ///
    /// - Parameter epoch: The epoch, from 0; none can be read twice.
    /// - Returns: The stream of its bytes.
    /// - Throws: `Failure` with code `pipeMissing`, `pipeSilent`, `pipeIsFile` or `pipeUnreadable`.
    public func open(_ epoch: Int) throws(Failure) -> PipeStream {
        let path = path(epoch)
        let end = Instant.now + patience
        let problem: Failure.Code
        do throws(Errno) {
            if let descriptor = try waitForFIFO(path, until: end) {
                if try !descriptor.status().isPipe {
                    problem = .pipeIsFile
                } else if try !waitForWriter(descriptor, until: end) {
                    problem = .pipeSilent(waited: patience.inSeconds)
                } else {
                    try descriptor.setBlocking()
                    return PipeStream(path: path, descriptor: descriptor, recordLimit: recordLimit)
                }
            } else {
                problem = .pipeMissing(waited: patience.inSeconds, there: there)
            }
        } catch {
            throw Failure(.pipeUnreadable, path.string, error)
        }
        throw Failure(problem, path.string)
    }

    /// Looks every 10 ms: what makes a directory may come late as well, and there is nothing to watch before.
    private func waitForFIFO(_ path: FilePath, until end: Instant) throws(Errno) -> OwnedDescriptor? {
        while true {
            do throws(Errno) {
                // Without O_NONBLOCK opening itself would wait for a writer without a limit: fifo(7).
                return try OwnedDescriptor.open(path, options: .nonBlocking)
            } catch .noSuchFileOrDirectory {}
            guard Instant.now < end else { return nil }
            CurrentProcess.sleep(for: .milliseconds(10))
        }
    }

    /// Before the first writer poll(2) says nothing, after it that there are bytes or that the writer is gone.
    private func waitForWriter(_ descriptor: borrowing OwnedDescriptor, until end: Instant) throws(Errno) -> Bool {
        var poller = Poller()
        poller.add(descriptor.rawValue, .readable)
        poller.wake(at: end)
        while true {
            if try poller.wait() { return true }
            if Instant.now >= end { return false }
        }
    }

    /// What is in the place of a FIFO that did not come.
    private var there: String {
        if FileSystem.isDirectory(directory.appending(name)) {
            return "there is a directory \"\(name)\": is the channel in File mode?"
        }
        let names = DirectoryListing.names(directory)
        return "\(directory) holds \(names.isEmpty ? "nothing" : names.listing)"
    }
}
