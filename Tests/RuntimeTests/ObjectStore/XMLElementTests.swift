import ContainerRuntime
import Testing

@testable import ObjectStore

@Suite struct XMLElementTests {
    /// The element as XML once more, in the shortest form.
    private static func text(_ element: XMLElement) -> String {
        let text = element.text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return "<\(element.name)>\(text)\(element.children.map { Self.text($0) }.joined())</\(element.name)>"
    }

    @Test(arguments: [
        ("<a/>", "<a></a>"), ("<a ></a >", "<a></a>"), ("\n<a>x</a>\n", "<a>x</a>"), ("\u{feff}<a>é</a>", "<a>é</a>"),
        ("<?xml version='1.0'?><!-- c --><a/><?p?><!-- -->", "<a></a>"), ("<a:b.c-1_/>", "<a:b.c-1_></a:b.c-1_>"),
        ("<a b='1' c = \"'>\"><d/><d>1</d></a>", "<a><d></d><d>1</d></a>"), ("<é/>", "<é></é>"),
        ("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#x1f600;</a>", "<a>&lt;>&amp;\"'AA😀</a>"),
        ("<a>1<b/>2<!-- 3 -->4<![CDATA[<5>&amp;]]></a>", "<a>124&lt;5>&amp;amp;<b></b></a>"),
        ("<a><![CDATA[]]]]></a>", "<a>]]</a>"), ("<a><!-- -- <b> --></a>", "<a></a>"),
    ]) func aDocumentIsRead(_ document: String, _ meaning: String) throws {
        #expect(Self.text(try XMLElement(Array(document.utf8))) == meaning)
    }

    @Test(arguments: [
        ("", "one element, and its end is expected at byte 0"), ("x", "one element, and its end is expected at byte 1"),
        ("<a>", "one element, and its end is expected at byte 3"), ("<a/><b/>", "one element, and its end"),
        ("<a/>x", "one element, and its end"), ("</a>", "a start in front of an end is expected at byte 4"),
        ("<a></b>", "</a> is expected at byte 7"),
        ("<a><b></a></b>", "</b>"), ("<a></a", "> is expected at byte 6"), ("<1/>", "a name is expected at byte 2"),
        ("< a/>", "a name"), ("<a", "another attribute"), ("<a b/>", "= is"), ("<a b=1/>", "\" is"),
        ("<a b='1/>", "' is"),
        ("<a b='1'c='2'/>", "another attribute"), ("<a b='1' b='2'/>", "another attribute"),
        ("<a b='<'/>", "a value without <"), ("<a b='&x;'/>", "an entity"), ("<a>&</a>", "an entity"),
        ("<a>&nbsp;</a>", "an entity"), ("<a>&#0;</a>", "an entity"), ("<a>&#xd800;</a>", "an entity"),
        ("<a>&#+65;</a>", "an entity"), ("<a>&#x;</a>", "an entity"), ("<a>&#99999999999;</a>", "an entity"),
        ("<a>&lt</a>", "an entity"), ("<a><![CDATA[x</a>", "]]>"), ("<a><!-- x</a>", "-->"), ("<?xml", "?>"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a name is expected at byte 1"),
        (String(repeating: "<a>", count: 101) + String(repeating: "</a>", count: 101), "no element more than 100 deep"),
    ]) func whatIsNotWellFormedIsRefusedWithThePlace(_ document: String, _ words: String) {
        let error = #expect(throws: XMLError.self) { try XMLElement(Array(document.utf8)) }
        #expect(error?.description.hasPrefix(words) == true, "\(String(describing: error))")
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: XMLError(expected: "UTF-8", offset: 4)) {
            try XMLElement(Array("<a>".utf8) + [0xff] + Array("</a>".utf8))
        }
    }

    private static let sample = """
        <?xml version="1.0" encoding="UTF-8"?>
        <L xmlns="u"><C a='1'><K>x&amp;&#233;</K><S>1</S></C><!-- c --><C><K><![CDATA[<]]></K></C><E/></L>
        """

    @Test func noBeginningOfADocumentIsOne() {
        let bytes = Array(Self.sample.utf8)
        for count in 0..<bytes.count {
            #expect(throws: XMLError.self, "\(count) bytes") { try XMLElement(Array(bytes[..<count])) }
        }
        #expect(throws: Never.self) { try XMLElement(bytes) }
    }

    /// Whatever is damaged, it is refused, or read as what it says: written once more it says the same.
    @Test(arguments: 0..<20) func damagedDocumentsAreReadOrRefused(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let pieces = [
            "<", ">", "/", "</", "/>", "&", ";", "&lt;", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "'", "=", " ",
        ]
        var read = 0
        for _ in 0..<500 {
            var bytes = Array(Self.sample.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
                }
            }
            guard let element = try? XMLElement(bytes) else { continue }
            read += 1
            let text = Self.text(element)
            #expect(Self.text(try XMLElement(Array(text.utf8))) == text)
        }
        #expect(read > 0)
    }
}
