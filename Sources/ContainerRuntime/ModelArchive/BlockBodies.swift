/// The parts of files that belong into one block, in their order, their paths side by side in one piece of memory.
struct BlockBodies {
    /// A part of a file that belongs at a place in a block.
    struct Body {
        let file: TreeFile
        let offset: Int
        let place: Range<Int>
        /// Where the path lies.
        fileprivate let path: Range<Int>

        /// Whether the file ends with this part.
        var isLast: Bool { offset + place.count == file.identity.size }
    }

    private(set) var all: [Body] = []
    private var paths: [UInt8] = []

    /// Adds a part of the file at a path.
    mutating func append(_ file: TreeFile, _ path: [UInt8], offset: Int, place: Range<Int>) {
        let start = paths.count
        paths += path
        all.append(Body(file: file, offset: offset, place: place, path: start..<paths.count))
    }

    /// The path of a part's file from the root of the tree.
    func path(of body: Body) -> ArraySlice<UInt8> { paths[body.path] }

    /// Takes all parts out, and keeps the memory.
    mutating func removeAll() {
        all.removeAll(keepingCapacity: true)
        paths.removeAll(keepingCapacity: true)
    }
}
