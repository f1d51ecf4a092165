package import SystemPackage

/// What a directory holds, `.` and `..` left out.
package enum DirectoryListing {
    /// The names in the order of their bytes, as texts; none where the directory cannot be read.
    package static func names(_ path: FilePath) -> [String] {
        var names: [String] = []
        try? visit(path) { names.append($0.string) }
        return names.sorted { $0.precedesByCodePoint($1) }
    }

    /// The names as parts of paths, in no order.
    package static func components(_ path: FilePath) throws(Errno) -> [FilePath.Component] {
        var components: [FilePath.Component] = []
        try visit(path) { if let component = $0.component { components.append(component) } }
        return components
    }

    /// Whether there is a name in a directory that can be read.
    package static func holdsSomething(_ path: FilePath) -> Bool { count(path, atMost: 1) > 0 }

    /// How many names there are, counted up to a number; none where the directory cannot be read.
    package static func count(_ path: FilePath, atMost most: Int) -> Int {
        var count = 0
        guard var names = try? DirectoryStream(path) else { return 0 }
        while count < most, (try? names.next()) != nil { count += 1 }
        return count
    }

    private static func visit(_ path: FilePath, _ body: (DirectoryStream.Name) -> Void) throws(Errno) {
        var names = try DirectoryStream(path)
        while let name = try names.next() { body(name) }
    }
}
