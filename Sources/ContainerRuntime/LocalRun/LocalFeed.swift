import SystemPackage

/// How a channel is fed in Pipe mode, as `--channel` says it.
///
/// - `pipe:PATH` and `pipe+recordio:PATH` feed a file, or the files of a directory.
/// - `manifest:FILE?attributes=A,B` and `manifest+recordio:FILE?attributes=A,B` feed an augmented manifest.
struct LocalFeed: Hashable, Sendable {
    /// Whether each file or attribute is a record: RecordWrapperType RecordIO.
    let wrapsRecords: Bool
    /// The attributes of an augmented manifest, in their order; none where files are fed.
    let attributes: [String]

    private static let query = "?attributes="
    private static let manifestExpected =
        "manifest:FILE?attributes=NAME,NAME with 1 to \(FeedManifest.mostAttributes) names"

    /// Reads the value of a channel.
    ///
    /// - Returns: The feed and the path that follows, or nil where the value has no scheme of Pipe mode.
    /// - Throws: `Failure` with code `settingUnusable`, where a manifest has no attributes or too many.
    static func read(_ text: String, _ option: String) throws(Failure) -> (feed: LocalFeed, path: String)? {
        for (scheme, wrapsRecords) in [("pipe:", false), ("pipe+recordio:", true)] where text.hasPrefix(scheme) {
            let path = String(decoding: text.utf8.dropFirst(scheme.utf8.count), as: UTF8.self)
            return (LocalFeed(wrapsRecords: wrapsRecords, attributes: []), path)
        }
        for (scheme, wrapsRecords) in [("manifest:", false), ("manifest+recordio:", true)] where text.hasPrefix(scheme)
        {
            let rest = Array(text.utf8.dropFirst(scheme.utf8.count))
            // The last one: a file's name may have one of its own.
            guard let begin = rest.lastRange(of: Array(query.utf8)) else {
                throw .option(option, expected: manifestExpected, found: text)
            }
            let names = rest[begin.upperBound...].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard 1...FeedManifest.mostAttributes ~= names.count, !names.contains("") else {
                throw .option(option, expected: manifestExpected, found: text)
            }
            let path = String(decoding: rest[..<begin.lowerBound], as: UTF8.self)
            return (LocalFeed(wrapsRecords: wrapsRecords, attributes: names), path)
        }
        return nil
    }

    /// What feeds it.
    func feeder(of source: FilePath, to channel: FilePath) -> PipeFeeder {
        let isManifest = !attributes.isEmpty
        let source = isManifest ? PipeFeeder.Source.augmentedManifest(source, attributes: attributes) : .files(source)
        return PipeFeeder(source, channel: channel, wrapsRecords: wrapsRecords)
    }
}

extension [UInt8] {
    /// The last place of a word, or nil.
    fileprivate func lastRange(of word: [UInt8]) -> Range<Int>? {
        guard count >= word.count else { return nil }
        return (0...(count - word.count)).last { self[$0...].starts(with: word) }.map { $0..<($0 + word.count) }
    }
}
