/// Bytes that the kernel passes on without a look: an argument, or a variable's name and value.
///
/// - Never holds a NUL, which would end it in the middle.
/// - Need not be UTF-8: what came in goes out unchanged.
/// - Compares by bytes, where `String` would take two spellings of an accented letter for one.
public struct RawString: Hashable, Sendable {
    /// The bytes, without the NUL at the end.
    public let bytes: [UInt8]

    /// Compares whole blocks of bytes.
    public static func == (left: RawString, right: RawString) -> Bool {
        left.bytes.count == right.bytes.count
            && left.comparePrefix(left.bytes.count, with: right, right.bytes.count) == 0
    }

    /// Hashes the bytes as a block, many times faster than one by one.
    public func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(bytes.count)
    }

    /// Makes a string of bytes, or nothing if one of them is NUL.
    public init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.containsNUL else { return nil }
        self.bytes = bytes
    }

    /// The order of the first bytes of two strings: below 0, 0 or above it.
    func comparePrefix(_ count: Int, with other: RawString, _ otherCount: Int) -> Int {
        bytes.withUnsafeBytes { left in
            other.bytes.withUnsafeBytes { right in
                UnsafeRawBufferPointer(rebasing: left[..<count]).order(with: .init(rebasing: right[..<otherCount]))
            }
        }
    }

    /// Makes the NAME=VALUE of two strings.
    init(_ name: RawString, equals value: RawString) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.bytes.count + 1 + value.bytes.count)
        bytes += name.bytes
        bytes.append(UInt8(ascii: "="))
        bytes += value.bytes
        self.bytes = bytes
    }

    /// Makes a string of a text's UTF-8, or nothing if the text holds a NUL.
    public init?(_ text: String) {
        let bytes = text.withBytes { Array($0) }
        guard !bytes.containsNUL else { return nil }
        self.bytes = bytes
    }

    /// The words behind this program's name: `CommandLine.arguments` mends invalid UTF-8.
    package static var commandLine: [RawString] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0].map { RawString(cString: $0) } }
    }

    /// Makes a string of what a C pointer points to, up to its NUL.
    public init(cString: UnsafePointer<CChar>) {
        var bytes: [UInt8] = []
        var next = cString
        while next.pointee != 0 {
            bytes.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        self.bytes = bytes
    }
}

extension RawString: ExpressibleByStringLiteral {
    /// Makes a string of a literal; bytes after a NUL are left out.
    public init(stringLiteral text: String) {
        bytes = Array(text.utf8.prefix { $0 != 0 })
    }
}

extension RawString: Comparable {
    /// Orders by bytes, which for UTF-8 is the order of code points.
    public static func < (left: RawString, right: RawString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension RawString: CustomStringConvertible {
    /// The text for people: invalid UTF-8 is shown as U+FFFD.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension RawString {
    /// Calls the body with lists of strings as C has them: pointers to bytes that end with NUL, the last pointer null.
    static func withCStrings<Result>(
        _ lists: [[RawString]],
        _ body: ([UnsafePointer<UnsafeMutablePointer<CChar>?>]) -> Result
    ) -> Result {
        // One block for all: there may be ten thousand of them.
        let characters = UnsafeMutablePointer<CChar>.allocate(
            capacity: lists.joined().reduce(0) { $0 + $1.bytes.count + 1 }
        )
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
            capacity: lists.reduce(0) { $0 + $1.count + 1 }
        )
        defer {
            characters.deallocate()
            pointers.deallocate()
        }
        var (character, pointer) = (characters, pointers)
        let starts = lists.map { list in
            let start = UnsafePointer(pointer)
            for string in list {
                pointer.initialize(to: character)
                UnsafeMutableRawBufferPointer(start: character, count: string.bytes.count)
                    .copyBytes(from: string.bytes)
                character += string.bytes.count
                character.initialize(to: 0)
                character += 1
                pointer += 1
            }
            pointer.initialize(to: nil)
            pointer += 1
            return start
        }
        return body(starts)
    }
}
