import Glibc
package import SystemPackage

/// A directory that is read name by name, as the file system gives them; `.` and `..` are left out.
package struct DirectoryStream: ~Copyable {
    /// A name, valid until the next one is asked for.
    package struct Name: PlatformPath {
        fileprivate let text: UnsafePointer<CChar>

        /// The name's bytes.
        package var bytes: UnsafeBufferPointer<UInt8> {
            let count = strlen(text)
            return UnsafeRawPointer(text).withMemoryRebound(to: UInt8.self, capacity: count) {
                UnsafeBufferPointer(start: $0, count: count)
            }
        }

        /// The name as a text; bytes that are not UTF-8 become U+FFFD.
        package var string: String { String(decoding: bytes, as: UTF8.self) }

        /// The name as a part of a path.
        package var component: FilePath.Component? { FilePath.Component(platformString: text) }

        package func withPlatformString<Result>(
            _ body: (UnsafePointer<CChar>) throws -> Result
        ) rethrows -> Result { try body(text) }
    }

    private let stream: OpaquePointer

    /// Opens a directory.
    ///
    /// The corresponding C function is `opendir`.
    package init(_ path: FilePath) throws(Errno) { try self.init(OwnedDescriptor.openDirectory(path)) }

    /// Takes over a directory that is open.
    ///
    /// The corresponding C function is `fdopendir`.
    package init(_ directory: consuming OwnedDescriptor) throws(Errno) {
        guard let stream = fdopendir(directory.rawValue) else { throw Errno(rawValue: errno) }
        // The stream closes it.
        _ = directory.giveAway()
        self.stream = stream
    }

    /// Reads the names of a directory that is open, all of them, whatever was read of it before.
    ///
    /// The corresponding C function is `rewinddir`.
    package init(reading directory: FileDescriptor) throws(Errno) {
        try self.init(OwnedDescriptor(duplicating: directory))
        // A copy of a descriptor shares its place in the directory.
        rewinddir(stream)
    }

    /// The directory, to look up names in it.
    package var descriptor: FileDescriptor { FileDescriptor(rawValue: dirfd(stream)) }

    /// The next name, or nil after the last.
    ///
    /// The corresponding C function is `readdir`.
    package mutating func next() throws(Errno) -> Name? {
        let place = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return nil
            }
            // The name may be shorter than the field, and nothing lies behind it.
            let text = UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self)
            if strcmp(text, ".") != 0, strcmp(text, "..") != 0 { return Name(text: text) }
        }
    }

    deinit {
        closedir(stream)
    }
}
