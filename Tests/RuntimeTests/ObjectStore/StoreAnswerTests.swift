import ContainerRuntime
import NIOHTTP1
import Testing

@testable import ObjectStore

/// What a store says in XML, however it writes it.
@Suite struct StoreAnswerTests {
    private static func page(_ text: String) -> ListingPage? {
        (try? XMLElement(Array(text.utf8))).flatMap { ListingPage($0) }
    }

    @Test(
        arguments: [
            // Keys that are written otherwise than letter by letter.
            ("<Contents><Key>a&#13;b</Key><Size>1</Size></Contents>", ["a\rb"]),
            ("<Contents><Key>&#x1F600;&#x2F;&lt;</Key><Size>1</Size></Contents>", ["\u{1f600}/<"]),
            ("<Contents><Key>&amp;lt;&amp;#13;</Key><Size>1</Size></Contents>", ["&lt;&#13;"]),
            ("<Contents><Key><![CDATA[a<b>&amp;]]></Key><Size>1</Size></Contents>", ["a<b>&amp;"]),
            ("<Contents><Key>a<!-- </Key> -->b</Key><Size>1</Size></Contents>", ["ab"]),
            ("<Contents a='>' b=\"/>\"><Key x='1'>a</Key><Size>1</Size></Contents>", ["a"]),
            // What only looks like an object.
            ("<!-- <Contents><Key>no</Key><Size>1</Size></Contents> -->", []),
            ("<Note><![CDATA[<Contents><Key>no</Key><Size>1</Size></Contents>]]></Note>", []),
            ("<Contents/>", nil), ("<Contents><Key>a</Key></Contents>", nil),
            ("<Contents><Key>a</Key><Size>-1</Size></Contents>", nil),
            ("<Contents><Key>a</Key><Size>many</Size></Contents>", nil),
        ] as [(String, [String]?)]
    ) func keysAreReadAsTheyAreMeant(_ content: String, _ keys: [String]?) {
        let page = Self.page("<ListBucketResult>\(content)</ListBucketResult>")
        #expect(page?.entries.map { String(decoding: $0.key, as: UTF8.self) } == keys)
    }

    @Test(arguments: [
        "", "text", "<ListBucketResult>", "<ListBucketResult></ListBucketResult><ListBucketResult/>",
        "<Other><ListBucketResult></ListBucketResult></Other>", "<!-- <ListBucketResult></ListBucketResult> -->",
        "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></ListBucketResult></Contents>",
    ]) func whatIsNoListingIsNone(_ text: String) {
        #expect(Self.page(text) == nil)
    }

    @Test(arguments: [
        ("<Error><Code>SlowDown</Code><Message>m</Message></Error>", "SlowDown", "m"),
        ("<?xml version='1.0'?>\n\n<Error>\n <Code >SlowDown</Code >\n</Error>\n", "SlowDown", ""),
        (
            "<ErrorResponse xmlns='x'><Error><Code>A</Code><Message>&quot;b&#34;</Message></Error></ErrorResponse>",
            "A", "\"b\""
        ),
        ("<Error><!--<Code>No</Code>--><Code>Yes</Code></Error>", "Yes", ""),
        ("<html><p>Bad<br>Gateway <Code>no</Code>", "", ""), ("", "", ""),
    ]) func anErrorIsRead(_ text: String, _ code: String, _ message: String) {
        let error = StoreError(status: 503, headers: HTTPHeaders(), body: Array(text.utf8))
        #expect(error.code == code && error.message == message)
    }
}
