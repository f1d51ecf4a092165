import ContainerRuntime

/// One page of what is in a bucket, as ListObjectsV2 answers.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
struct ListingPage: Hashable {
    /// One object.
    struct Entry: Hashable {
        /// Its key; S3 has UTF-8 only, others have whatever they were given.
        let key: [UInt8]
        /// Its size in bytes.
        let size: Int
    }

    let entries: [Entry]
    /// Whether there is another page.
    let isTruncated: Bool
    /// What the next page is asked for with.
    let token: String?

    /// Reads an answer, or nothing where it is no page.
    init?(_ answer: XMLElement) {
        guard answer.name == "ListBucketResult" else { return nil }
        let isEncoded = answer.text(of: "EncodingType") == "url"
        var entries: [Entry] = []
        for object in answer.children where object.name == "Contents" {
            guard let key = object.text(of: "Key"), let size = object.text(of: "Size").flatMap({ Int($0) }), size >= 0
            else { return nil }
            entries.append(Entry(key: isEncoded ? Self.decoded(key) : Array(key.utf8), size: size))
        }
        self.entries = entries
        isTruncated = answer.text(of: "IsTruncated") == "true"
        token = answer.text(of: "NextContinuationToken")
    }

    /// Keys may hold what XML may not, and come encoded as a form is: a plus sign is a blank.
    private static func decoded(_ text: String) -> [UInt8] {
        text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }.percentDecoded().bytes
    }
}
