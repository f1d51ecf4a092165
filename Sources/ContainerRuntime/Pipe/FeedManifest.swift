import SystemPackage

/// An augmented manifest: a line of JSON a sample, and of each the attributes in the order of AttributeNames.
///
/// - An attribute whose name ends with `-ref` gives the bytes of a file, relative to the manifest's directory.
/// - Of the others a text gives itself, everything else its JSON.
///
/// https://docs.aws.amazon.com/sagemaker/latest/dg/augmented-manifest.html
struct FeedManifest: FeedContent {
    /// The longest line, in bytes, so that memory stays bounded.
    static let longestLine = 1 << 24

    /// The most attributes that a manifest gives.
    ///
    /// Source: AttributeNames of https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
    static let mostAttributes = 16

    private let file: FilePath
    private let attributes: [String]

    /// Reads all lines once.
    init(_ file: FilePath, _ attributes: [String]) throws(Failure) {
        self.file = file
        self.attributes = attributes
        var count = 0
        do throws(FeedEnd) {
            try eachItem { _ in count += 1 }
        } catch {
            guard case .failed(let failure) = error else { return }
            throw failure
        }
        if count == 0 { throw Failure(.feedEmpty, file.string) }
    }

    func warnOfRecords() {}

    func eachItem(_ body: (FeedItem) throws(FeedEnd) -> Void) throws(FeedEnd) {
        let opened = try FeedEnd.reading(OwnedDescriptor.open(file), file)
        let source = opened.borrowed
        var (lines, number) = (LineSplitter(longest: Self.longestLine), 0)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try FeedEnd.reading(source.read(into: &buffer), file)
            var rest = buffer[..<count]
            while let line = lines.next(&rest) {
                number += 1
                guard line.end != .cut else { throw unusable(number, "longer than \(Self.longestLine) bytes") }
                for item in try items(Array(line.bytes), number) { try body(item) }
            }
            if count == 0 { break }
        }
        if let line = lines.finish() { for item in try items(Array(line), number + 1) { try body(item) } }
    }

    /// The attributes of a line; a line of blanks has none.
    private func items(_ line: [UInt8], _ number: Int) throws(FeedEnd) -> [FeedItem] {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { return [] }
        let value: JSONValue
        do throws(JSONProblem) {
            value = try JSONReader.read(line)
        } catch {
            let column = error.place(in: line).column
            throw unusable(number, "column \(column): \(error.expected.rawValue), found \(error.found)")
        }
        guard let object = value.object else { throw unusable(number, "an object is expected, found \(value.kind)") }
        var items: [FeedItem] = []
        for attribute in attributes {
            guard let value = object[attribute] else {
                let has = object.isEmpty ? "no attributes" : object.keys.listing
                throw unusable(number, "no attribute \"\(attribute)\"; it has \(has)")
            }
            items.append(try item(attribute, value, number))
        }
        return items
    }

    private func item(_ attribute: String, _ value: JSONValue, _ number: Int) throws(FeedEnd) -> FeedItem {
        guard attribute.hasSuffix("-ref") else {
            return .bytes(value.string.map { Array($0.utf8) } ?? JSONWriter.bytes(value))
        }
        guard let place = value.string, !place.isEmpty, !place.utf8.contains(0) else {
            throw unusable(number, "\"\(attribute)\" must be the path of a file, found \(value.kind)")
        }
        guard !place.contains("://") else {
            throw unusable(
                number,
                "\"\(attribute)\" is \(place), which is not on this machine; bring the file here and name its path, relative to "
                    + "the manifest's directory"
            )
        }
        return .file(file.removingLastComponent().pushing(FilePath(place)))
    }

    private func unusable(_ line: Int, _ reason: String) -> FeedEnd {
        .failed(Failure(.manifestLineUnusable(line: line, reason: reason), file.string))
    }
}
