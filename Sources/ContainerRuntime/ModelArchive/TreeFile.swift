import CLinux
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A file of the tree as it was listed, to be read below the root by a path that whoever reads it has.
///
/// - Read to the byte that was listed; then compared with what was listed: a file that shrank, grew, was written or
///   replaced fails, by name.
/// - Holds no memory of its own, as long as it is read in one piece: there may be a hundred thousand.
struct TreeFile {
    let identity: FileIdentity
    let throughLink: Bool
    /// What the threads share that read parts of it; nil for a file that is read in one piece.
    private(set) var parts: FileParts?

    init(_ identity: FileIdentity, throughLink: Bool) {
        self.identity = identity
        self.throughLink = throughLink
    }

    /// The same file, to be read in parts.
    func inParts() -> TreeFile {
        var file = self
        file.parts = FileParts(size: identity.size)
        return file
    }

    /// Reads as many bytes as fit, from a place in the file.
    ///
    /// The corresponding C function is `pread`.
    func read(
        _ buffer: UnsafeMutableRawBufferPointer,
        at offset: Int,
        of path: ArraySlice<UInt8>,
        below root: TreeRoot
    ) throws(Failure) {
        let descriptor: Int32
        if let parts {
            descriptor = try parts.opened { () throws(Failure) in try open(path, root) }
        } else {
            descriptor = try open(path, root)
        }
        var last = parts == nil ? descriptor : -1
        defer { if last >= 0 { linux_close(last) } }
        try fill(buffer, at: offset, from: descriptor, path, root)
        if let parts { last = parts.finish(buffer.count) }
        if last >= 0 { try check(last, path, root) }
    }

    private func open(_ path: ArraySlice<UInt8>, _ root: TreeRoot) throws(Failure) -> Int32 {
        // Not to wait where a FIFO has taken the file's place, nor to follow a link that has.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (throughLink ? 0 : O_NOFOLLOW)
        do {
            return try root.open(path, flags)
        } catch {
            throw error == .tooManySymbolicLinkLevels
                ? Failure(.packingReplaced, root.describe(path))
                : Failure(.packingUnreadable, root.describe(path), error)
        }
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        at offset: Int,
        from descriptor: Int32,
        _ path: ArraySlice<UInt8>,
        _ root: TreeRoot
    ) throws(Failure) {
        var done = 0
        while done < buffer.count {
            let count: Int
            do {
                count = try SystemCall.value {
                    linux_read_at(
                        descriptor,
                        buffer.baseAddress.map { $0 + done },
                        buffer.count - done,
                        Int64(offset + done)
                    )
                }
            } catch {
                throw Failure(.packingUnreadable, root.describe(path), error)
            }
            guard count > 0 else {
                throw Failure(
                    .packingChanged(expected: identity.size, found: offset + done),
                    root.describe(path)
                )
            }
            done += count
        }
    }

    /// Compares a file that was read with what was listed.
    private func check(_ descriptor: Int32, _ path: ArraySlice<UInt8>, _ root: TreeRoot) throws(Failure) {
        let found: FileIdentity
        do {
            found = FileIdentity(try FileIdentity.status(of: descriptor))
        } catch {
            throw Failure(.packingUnreadable, root.describe(path), error)
        }
        guard found.size == identity.size else {
            throw Failure(.packingChanged(expected: identity.size, found: found.size), root.describe(path))
        }
        guard found == identity else { throw Failure(.packingReplaced, root.describe(path)) }
    }
}

/// The descriptor of a file that is read in parts, perhaps by several threads: opened with the first, closed with the last.
final class FileParts: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var unread: Int
    }
    private let state: Mutex<State>

    init(size: Int) {
        state = Mutex(State(unread: size))
    }

    deinit {
        let descriptor = state.withLock(\.descriptor)
        if descriptor >= 0 { linux_close(descriptor) }
    }

    fileprivate func opened(_ open: () throws(Failure) -> Int32) throws(Failure) -> Int32 {
        try state.withLock { state throws(Failure) in
            if state.descriptor < 0 { state.descriptor = try open() }
            return state.descriptor
        }
    }

    /// Counts bytes that were read; the descriptor is the caller's with the last of them, before that it is -1.
    fileprivate func finish(_ count: Int) -> Int32 {
        state.withLock { state in
            state.unread -= count
            guard state.unread == 0 else { return -1 }
            defer { state.descriptor = -1 }
            return state.descriptor
        }
    }
}
