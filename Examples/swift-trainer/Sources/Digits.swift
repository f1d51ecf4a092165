import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The handwritten digits of Examples/digits: CSV files of a digit and its 64 pixels a line, after one line of names.
enum Digits {
    /// One image.
    struct Example {
        let digit: Int
        /// From 0 to 1.
        let pixels: [Float]
    }

    /// Reads all CSV files of a channel.
    static func read(_ directory: FilePath) throws -> [Example] {
        let files = Files.names(in: directory).filter { $0.hasSuffix(".csv") }.sorted()
        let examples = try files.flatMap { name in
            let lines = try Files.read(directory.appending(name)).split(separator: UInt8(ascii: "\n")).dropFirst()
            return lines.compactMap(example)
        }
        guard !examples.isEmpty else { throw TrainerError.noExamples(directory) }
        return examples
    }

    private static func example(_ line: ArraySlice<UInt8>) -> Example? {
        let numbers = line.split(separator: UInt8(ascii: ",")).compactMap { field in
            Int(String(decoding: field.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self))
        }
        guard numbers.count == 65, 0...9 ~= numbers[0] else { return nil }
        return Example(digit: numbers[0], pixels: numbers.dropFirst().map { Float($0) / 16 })
    }
}

/// Small work on files.
enum Files {
    /// Reads a whole file.
    static func read(_ path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { return bytes }
                bytes += buffer[..<count]
            }
        }
    }

    /// Writes a whole file.
    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let options: FileDescriptor.OpenOptions = [.create, .truncate]
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: options,
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    /// The names in a directory.
    static func names(in path: FilePath) -> [String] {
        guard let directory = opendir(path.string) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            )
        }
        return names
    }
}

extension Float {
    static func exp(_ power: Float) -> Float { expf(power) }
    static func log(_ value: Float) -> Float { logf(value) }
}
