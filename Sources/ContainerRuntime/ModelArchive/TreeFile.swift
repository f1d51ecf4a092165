import CLinux
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A file of the tree while it is read, perhaps by several threads, each its own part.
///
/// - Opened with its first part, closed with its last; one that is read in one piece is nobody else's.
/// - Read to the byte that was listed; then compared with what was listed: a file that shrank, grew, was written or
///   replaced fails, by name.
final class TreeFile: Sendable {
    let path: [UInt8]
    let identity: FileIdentity
    private let throughLink: Bool

    private struct State {
        var descriptor: Int32 = -1
        var unread: Int
    }
    private let state: Mutex<State>

    init(_ path: [UInt8], _ identity: FileIdentity, throughLink: Bool) {
        self.path = path
        self.identity = identity
        self.throughLink = throughLink
        state = Mutex(State(unread: identity.size))
    }

    deinit {
        let descriptor = state.withLock(\.descriptor)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads as many bytes as fit, from a place in the file, which lies below the root.
    ///
    /// The corresponding C function is `pread`.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int, below root: TreeRoot) throws(Failure) {
        if buffer.count == identity.size { return try readWhole(buffer, root) }
        try fill(buffer, at: offset, from: try opened(root), root)
        try finish(buffer.count, root)
    }

    /// A small file: no other thread reads a part of it, so there is nothing to share.
    private func readWhole(_ buffer: UnsafeMutableRawBufferPointer, _ root: TreeRoot) throws(Failure) {
        let descriptor = try open(root)
        defer { linux_close(descriptor) }
        try fill(buffer, at: 0, from: descriptor, root)
        try check(descriptor, root)
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        at offset: Int,
        from descriptor: Int32,
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

    private func opened(_ root: TreeRoot) throws(Failure) -> Int32 {
        try state.withLock { state throws(Failure) in
            if state.descriptor < 0 { state.descriptor = try open(root) }
            return state.descriptor
        }
    }

    private func open(_ root: TreeRoot) throws(Failure) -> Int32 {
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

    private func finish(_ count: Int, _ root: TreeRoot) throws(Failure) {
        let last: Int32? = state.withLock { state in
            state.unread -= count
            guard state.unread == 0 else { return nil }
            defer { state.descriptor = -1 }
            return state.descriptor
        }
        guard let last else { return }
        defer { linux_close(last) }
        try check(last, root)
    }

    /// Compares a file that was read with what was listed.
    private func check(_ descriptor: Int32, _ root: TreeRoot) throws(Failure) {
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
