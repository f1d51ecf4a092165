import Synchronization
public import SystemPackage

/// Puts the objects of a prefix into a directory, as they are: all of them, or nothing.
///
/// - A key becomes a name below the directory, which no key leaves; two that cannot both be there are refused.
/// - A key that ends with a slash and has no bytes is a directory.
/// - It is put together under a temporary name and takes its place with `commit()`; without that nothing is left.
public final class ObjectDelivery: Sendable {
    private struct State: ~Copyable {
        var staging: StagingDirectory
        let writer: TreeWriter
        var keys = 0
        var entries = 0
        var files = 0
    }

    private let prefix: ObjectPrefix
    private let limit: Int
    private let state: Mutex<State>

    /// Makes a delivery to a directory that is missing or empty.
    ///
    /// - Throws: `Failure` with code `codeDirectoryNotEmpty`, `notDirectory` or `codeUnwritable`.
    public init(of prefix: ObjectPrefix, to destination: FilePath, limits: ExtractionLimits) throws(Failure) {
        (self.prefix, limit) = (prefix, limits.entries)
        let staging = try StagingDirectory(for: destination)
        let writer = TreeWriter(root: staging.descriptor)
        state = Mutex(State(staging: staging, writer: writer))
    }

    /// Makes the place of an object.
    ///
    /// Any thread may call it.
    ///
    /// - Parameters:
    ///   - key: The object's key.
    ///   - size: Its size in bytes.
    /// - Returns: A descriptor to write and read it, the caller's to close; nil where there is nothing to be written.
    /// - Throws: `Failure` with code `objectRefused` for a key that can be no name here, `tooManyEntries`, `codeUnwritable`.
    public func makePlace(_ key: [UInt8], size: Int) throws(Failure) -> Int32? {
        let subject = "s3://\(prefix.bucket)/\(String(decoding: key, as: UTF8.self).asOneLine)"
        guard let name = prefix.name(of: key) else {
            throw Failure(.objectRefused(reason: "its key does not begin with \(prefix.prefix)"), subject)
        }
        // A name that makes nothing counts as well: a list of such names would never come to an end.
        let keys = state.withLock { state in
            state.keys += 1
            return state.keys
        }
        guard keys <= limit else { throw Failure(.tooManyEntries(limit: limit), subject) }
        guard name.last != UInt8(ascii: "/"), !name.isEmpty else {
            // What consoles make to show an empty directory.
            guard size == 0 else {
                throw Failure(.objectRefused(reason: "its key is a directory's, and it has \(size) bytes"), subject)
            }
            if !name.isEmpty { _ = try make(Self.member(name, subject), subject, isDirectory: true) }
            return nil
        }
        return try make(Self.member(name, subject), subject, isDirectory: false)
    }

    /// How many objects have a file.
    public var files: Int { state.withLock { $0.files } }

    /// Puts the directory in its place.
    ///
    /// - Throws: `Failure` with code `prefixEmpty` where no object came, or `codeUnwritable`.
    public func commit() throws(Failure) {
        guard files > 0 else { throw Failure(.prefixEmpty, prefix.description) }
        try state.withLock { state throws(Failure) in try state.staging.commit() }
    }

    private static func member(_ name: [UInt8], _ subject: String) throws(Failure) -> MemberName {
        do { return try MemberName(name) } catch {
            throw Failure(.objectRefused(reason: error.rawValue), subject)
        }
    }

    private func make(_ name: MemberName, _ subject: String, isDirectory: Bool) throws(Failure) -> Int32? {
        try state.withLock { state throws(Failure) in
            state.entries += 1
            var file: OwnedDescriptor?
            do throws(Errno) {
                if isDirectory {
                    try state.writer.makePlace(name)
                } else {
                    file = try state.writer.makeNewFile(name, mode: 0o644)
                }
            } catch {
                throw Self.failure(subject, error)
            }
            guard state.entries + state.writer.directoriesMade <= limit else {
                throw Failure(.tooManyEntries(limit: limit), subject)
            }
            guard let file else { return nil }
            state.files += 1
            return file.giveAway()
        }
    }

    static func failure(_ subject: String, _ error: Errno) -> Failure {
        switch error {
        case .fileExists, .isDirectory, .notDirectory, .tooManySymbolicLinkLevels:
            Failure(.objectRefused(reason: "another object has its name, or one above or below it"), subject)
        case .fileNameTooLong: Failure(.objectRefused(reason: "a part of its name is longer than 255 bytes"), subject)
        default: Failure(.codeUnwritable, subject, error)
        }
    }
}
