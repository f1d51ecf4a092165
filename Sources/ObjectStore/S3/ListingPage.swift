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

    /// Reads an answer, or nothing where it is no whole page.
    init?(_ body: [UInt8]) {
        guard XMLField.has("ListBucketResult", in: body),
            XMLField.range(of: Array("</ListBucketResult>".utf8), in: body, from: 0) != nil
        else { return nil }
        let isEncoded = XMLField.text("EncodingType", in: body) == "url"
        let (start, end) = (Array("<Contents>".utf8), Array("</Contents>".utf8))
        var entries: [Entry] = []
        var place = 0
        while let begin = XMLField.range(of: start, in: body, from: place)?.upperBound {
            guard let found = XMLField.range(of: end, in: body, from: begin) else { return nil }
            let item = Array(body[begin..<found.lowerBound])
            guard let key = XMLField.text("Key", in: item), let size = XMLField.text("Size", in: item),
                let size = Int(size), size >= 0
            else { return nil }
            entries.append(Entry(key: isEncoded ? Self.decoded(key) : Array(key.utf8), size: size))
            place = found.upperBound
        }
        self.entries = entries
        isTruncated = XMLField.text("IsTruncated", in: body) == "true"
        token = XMLField.text("NextContinuationToken", in: body)
    }

    /// Keys may hold what XML may not, and come encoded as a form is: a plus sign is a blank.
    private static func decoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes
    }
}
