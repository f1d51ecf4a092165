import Logging
import SystemPackage

/// What a channel is fed with, the same for each epoch.
protocol FeedContent {
    /// Calls the body with each thing, in order.
    func eachItem(_ body: (FeedItem) throws(FeedEnd) -> Void) throws(FeedEnd)
    /// Warns where records would be put into records.
    func warnOfRecords()
}

/// A file, or the files of a directory as the platform has them: by keys, in the order of their bytes.
///
/// - Listed once: a file that vanishes is an error in the next epoch, not a silent lack of data.
/// - Links are followed, as an upload follows them. What is neither a file nor a directory is left out, with a warning.
struct FeedFiles: FeedContent {
    private var files: [FilePath] = []

    init(_ root: FilePath) throws(Failure) {
        do throws(Errno) {
            let status = try FileStatus(root)
            guard status.isDirectory else {
                files = [root]
                return
            }
            var keys: [RawString] = []
            try Self.collect(root, [], [status], &keys)
            files = keys.sorted().map { root.pushing(FilePath($0)) }
        } catch {
            throw Failure(.feedUnreadable, root.string, error)
        }
        if files.isEmpty { throw Failure(.feedEmpty, root.string) }
    }

    func eachItem(_ body: (FeedItem) throws(FeedEnd) -> Void) throws(FeedEnd) {
        for file in files { try body(.file(file)) }
    }

    func warnOfRecords() {
        guard let first = files.first, let start = try? readFile(first, limit: 4) else { return }
        if start == RecordIO.bytes(RecordIO.magic) {
            log.warning(
                "\(first) is RecordIO already; RecordWrapperType RecordIO puts all of it into one record, as the platform does"
            )
        }
    }

    private static func collect(
        _ directory: FilePath,
        _ prefix: [UInt8],
        _ above: [FileStatus],
        _ keys: inout [RawString]
    ) throws(Errno) {
        let names = try SortedNames(directory)
        for index in 0..<names.count {
            guard let key = RawString(bytes: prefix + names[index]), let name = RawString(bytes: names[index]) else {
                continue
            }
            let path = directory.pushing(FilePath(name))
            let status = try? FileStatus(path)
            switch status {
            case let status? where status.isFile: keys.append(key)
            // A link that leads back up would never end.
            case let status? where status.isDirectory && !above.contains { $0.isSame(as: status) }:
                try collect(path, key.bytes + [UInt8(ascii: "/")], above + [status], &keys)
            default: log.warning("\(path) is left out: it is no file that can be fed")
            }
        }
    }
}
