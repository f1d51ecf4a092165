import ContainerRuntime

/// An element of XML with the text and the elements in it: as much as the answers of a store hold.
///
/// What is not well-formed is refused, and so is a type declaration: no store sends one, and attacks are made of its
/// entities. Attributes say nothing here. https://www.w3.org/TR/xml/
struct XMLElement {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLElement] = []

    private init(name: String) {
        self.name = name
    }

    /// Reads a whole document.
    init(_ bytes: [UInt8]) throws(XMLError) {
        var reader = XMLReader(bytes)
        // The document itself, and the elements whose end has not come yet.
        var open = [XMLElement(name: "")]
        while let token = try reader.next() {
            switch token {
            case .text(let text): open[open.count - 1].text += text
            case .start(let name):
                // Whoever looks for something in them is called once a level.
                guard open.count <= 100 else { throw reader.error("no element more than 100 deep") }
                open.append(XMLElement(name: name))
            case .end(let name):
                guard open.count > 1 else { throw reader.error("a start in front of an end") }
                let element = open.removeLast()
                guard element.name == name else { throw reader.error("</\(element.name)>") }
                open[open.count - 1].children.append(element)
            }
        }
        guard open.count == 1, let root = open[0].children.first, open[0].children.count == 1,
            open[0].text.allSatisfy(\.isWhitespace)
        else { throw reader.error("one element, and its end") }
        self = root
    }

    /// The text of the first element of that name, however deep it is.
    func text(of name: String) -> String? {
        for child in children {
            if let text = child.name == name ? child.text : child.text(of: name) { return text }
        }
        return nil
    }
}

/// What was expected instead of what is there.
struct XMLError: Error, Hashable, CustomStringConvertible {
    let expected: String
    /// How many bytes were read.
    let offset: Int

    var description: String { "\(expected) is expected at byte \(offset)" }
}
