/// Where a symbolic link points, judged by its text alone, as it will be on the machine that unpacks it.
enum LinkTarget {
    /// Whether a link at a path inside the tree leads out of the tree.
    static func leaves(_ target: [UInt8], from path: [UInt8]) -> Bool {
        guard target.first != 0x2f else { return true }
        var depth = path.split(separator: 0x2f).count - 1
        for part in target.split(separator: 0x2f) {
            if part.elementsEqual("..".utf8) { depth -= 1 } else if !part.elementsEqual(".".utf8) { depth += 1 }
            if depth < 0 { return true }
        }
        return false
    }

    static func describe(_ target: [UInt8]) -> String {
        "\"\(String(decoding: target, as: UTF8.self))\""
    }
}
