public import SystemPackage

extension Checkpoints {
    /// What could be a checkpoint by its name, the oldest first.
    func candidates() -> [FilePath] {
        let names = DirectoryListing.names(directory).filter { !$0.hasPrefix(".") && !$0.contains(".sagemaker-") }
        return names.map { (path: directory.appending($0), order: Order($0, in: directory)) }
            .sorted { $0.order < $1.order }.map(\.path)
    }

    /// The place of a name among others: the last number in it without its ending, else the time; then the name.
    private struct Order: Comparable {
        /// Digits without zeros before them; a number may be of any size.
        let number: [UInt8]?
        let time: Double
        let name: String

        init(_ name: String, in directory: FilePath) {
            self.name = name
            number = Self.lastNumber(in: Array(Self.stem(of: name).utf8))
            time = number == nil ? Self.time(of: directory.appending(name)) : 0
        }

        static func < (left: Order, right: Order) -> Bool {
            switch (left.number, right.number) {
            case (nil, .some): return true
            case (.some, nil): return false
            case (let left?, let right?) where left != right:
                return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
            default: break
            }
            return left.time == right.time ? left.name.precedesByCodePoint(right.name) : left.time < right.time
        }

        /// The name without what follows its last point, as Python's `os.path.splitext` has it.
        private static func stem(of name: String) -> Substring {
            guard let point = name.lastIndex(of: "."), name[..<point].contains(where: { $0 != "." }) else {
                return name[...]
            }
            return name[..<point]
        }

        private static func lastNumber(in bytes: [UInt8]) -> [UInt8]? {
            guard let end = bytes.lastIndex(where: \.isASCIIDigit) else { return nil }
            let start = bytes[...end].lastIndex { !$0.isASCIIDigit }.map { $0 + 1 } ?? 0
            return Array(bytes[start...end].drop { $0 == UInt8(ascii: "0") })
        }

        private static func time(of path: FilePath) -> Double {
            guard let status = try? FileStatus(path) else { return 0 }
            return Double(status.modified.seconds) + Double(status.modified.nanoseconds) / 1e9
        }
    }
}

extension Checkpoints {
    /// Whether a checkpoint is whole: a file with something in it, a directory with all that its list says.
    ///
    /// A directory without a list, as another library saves it, counts if it has files and none is still being written.
    public static func isComplete(_ path: FilePath) -> Bool {
        guard let status = try? FileStatus(path) else { return false }
        guard status.isDirectory else { return status.isFile && status.size > 0 }
        let files = CheckpointFiles.sizes(in: path)
        let list: JSONValue?
        do {
            list = try CheckpointFiles.list(in: path)
        } catch {
            return false
        }
        guard let list else { return !files.isEmpty && !files.keys.contains { $0.text.hasSuffix(ignored) } }
        guard let object = list.object else { return false }
        return object.allSatisfy { name, size in
            guard let found = files[ExactText(text: name)], let size = size.double else { return false }
            return Double(found) == size
        }
    }

    /// Whether the platform is copying the checkpoint, or a file in it.
    public static func isUploading(_ path: FilePath) -> Bool {
        if FileSystem.exists(FilePath(path.string + uploading)) { return true }
        return FileSystem.isDirectory(path)
            && CheckpointFiles.sizes(in: path).keys.contains { $0.text.hasSuffix(uploading) }
    }
}
