public import SystemPackage

/// Feeds a channel as the platform does in Pipe mode: a FIFO an epoch, the same bytes in each, without an end.
///
/// - A FIFO is there before its reader asks: `<channel>_0` at the start, the next one before one can be opened. The platform
///   may be later: a program has to wait for a FIFO there.
/// - A reader that leaves early goes to the next epoch; what it did not read is gone.
/// - A FIFO is removed before it is closed, so that whoever comes too late is told so instead of waiting without an end.
/// - Files are read once per epoch; at most 256 KiB are in memory.
public struct PipeFeeder: Hashable, Sendable {
    /// What a channel is fed with.
    public enum Source: Hashable, Sendable {
        /// A file, or all files of a directory, one after the other in the order of their keys.
        case files(FilePath)
        /// An augmented manifest, JSON lines; each line gives the attributes in their order.
        case augmentedManifest(FilePath, attributes: [String])
    }

    /// What the channel is fed with.
    public let source: Source
    /// The channel: the FIFOs' path, without `_<epoch>`.
    public let channel: FilePath
    /// Whether each file or attribute becomes a record: RecordWrapperType RecordIO.
    public let wrapsRecords: Bool

    /// Makes a feeder; nothing is made or opened yet.
    public init(_ source: Source, channel: FilePath, wrapsRecords: Bool = false) {
        self.source = source
        self.channel = channel
        self.wrapsRecords = wrapsRecords
    }

    /// Feeds epoch after epoch; only an error or a signal ends it.
    ///
    /// `ModelArchive.removeTemporariesOnSignals` lets a signal remove the FIFOs; an error does so itself.
    ///
    /// - Throws: `Failure` with code `feedEmpty`, `feedUnreadable`, `feedChanged`, `feedUnwritable`, `recordTooLong` or
    ///   `manifestLineUnusable`.
    public func run() throws(Failure) -> Never {
        // Read whole once before anything is made: a bad line is told at the start, not after an hour of training.
        let content: any FeedContent =
            switch source {
            case .files(let path): try FeedFiles(path)
            case .augmentedManifest(let path, let attributes): try FeedManifest(path, attributes)
            }
        if wrapsRecords { content.warnOfRecords() }
        // A reader that leaves is an answer of write(2), not the end of this process.
        try? SignalSet([.pipe]).block()
        var made: [FilePath] = []
        do throws(Failure) {
            try make(0, &made)
            var epoch = 0
            while true {
                try feed(epoch, content, &made)
                epoch += 1
            }
        } catch {
            for path in made { try? Self.remove(path) }
            throw error
        }
    }

    private func path(_ epoch: Int) -> FilePath {
        channel.removingLastComponent().appending("\(channel.lastComponent?.string ?? "")_\(epoch)")
    }

    private func feed(_ epoch: Int, _ content: any FeedContent, _ made: inout [FilePath]) throws(Failure) {
        let path = path(epoch)
        // Before this one can be opened: a reader that leaves at once and asks for the next one finds it.
        try make(epoch + 1, &made)
        var writer = try FeedWriter(path, wrapsRecords: wrapsRecords)
        do throws(FeedEnd) {
            try content.eachItem { item throws(FeedEnd) in try writer.write(item) }
        } catch {
            switch error {
            case .readerLeft: break
            case .failed(let failure):
                // The reader takes the end of the FIFO for the end of the data: who stops us then has to hear of it.
                Temporaries.keepFailure()
                throw failure
            }
        }
        try Self.remove(path)
        made.removeAll { $0 == path }
    }

    /// Makes the FIFO of an epoch, for everybody: a program in a container often is another user than its feeder.
    private func make(_ epoch: Int, _ made: inout [FilePath]) throws(Failure) {
        let path = path(epoch)
        do throws(Errno) {
            try FileSystem.makeDirectories(path.removingLastComponent())
            // What a feeder that was killed has left has no writer and never will.
            if let status = try? FileStatus(link: path), status.isPipe { try SmallFile.remove(path) }
            try Temporaries.make(path) { () throws(Errno) in
                try FileSystem.makePipe(path, permissions: 0o666)
            }
            made.append(path)
            // mkfifo heeds the umask.
            try FileSystem.setPermissions(0o666, of: path)
        } catch {
            throw Failure(.feedUnwritable, path.string, error)
        }
    }

    private static func remove(_ path: FilePath) throws(Failure) {
        let remove = { () throws(Errno) in try SmallFile.remove(path) }
        try Failure.wrap(Temporaries.release(path, remove), as: .feedUnwritable, path)
    }
}
