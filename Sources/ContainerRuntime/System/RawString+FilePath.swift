import CLinux
public import SystemPackage

extension FilePath {
    /// The path of some bytes.
    package init(_ name: RawString) {
        let characters = name.bytes.map { CChar(bitPattern: $0) } + [0]
        self.init(platformString: characters)
    }
}

extension RawString {
    /// The bytes of a path.
    public init(_ path: FilePath) {
        self = path.withPlatformString { RawString(cString: $0) }
    }

    /// Bytes that are known to hold no NUL.
    init(unchecked bytes: [UInt8]) { self = RawString(bytes: bytes) ?? "" }

    /// All variables that this process was started with, as NAME=VALUE: environ(7).
    static func environment() -> [RawString] {
        var entries: [RawString] = []
        var next = linux_environment()
        while let place = next, let entry = place.pointee {
            entries.append(RawString(cString: entry))
            next = place + 1
        }
        return entries
    }
}
