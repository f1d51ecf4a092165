import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A file of the tree while it is read, perhaps by several threads, each its own part.
///
/// - Opened with its first part, closed with its last.
/// - Read to the byte that was listed; then compared with what was listed: a file that shrank, grew, was written or
///   replaced fails, by name.
final class TreeFile: Sendable {
    let path: [UInt8]
    let identity: FileIdentity
    private let root: TreeRoot
    private let throughLink: Bool

    private struct State {
        var descriptor: Int32 = -1
        var unread: Int
    }
    private let state: Mutex<State>

    init(_ root: TreeRoot, _ path: [UInt8], _ identity: FileIdentity, throughLink: Bool) {
        self.root = root
        self.path = path
        self.identity = identity
        self.throughLink = throughLink
        state = Mutex(State(unread: identity.size))
    }

    deinit {
        let descriptor = state.withLock(\.descriptor)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads as many bytes as fit, from a place in the file.
    ///
    /// The corresponding C function is `pread`.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) {
        let descriptor = try opened()
        var done = 0
        while done < buffer.count {
            let count: Int
            do {
                count = try SystemCall.value {
                    pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
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
        try finish(done)
    }

    private func opened() throws(Failure) -> Int32 {
        do {
            return try state.withLock { state throws(Errno) in
                if state.descriptor >= 0 { return state.descriptor }
                // Not to wait where a FIFO has taken the file's place, nor to follow a link that has.
                let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (throughLink ? 0 : O_NOFOLLOW)
                state.descriptor = try root.open(path, flags)
                return state.descriptor
            }
        } catch {
            throw error == .tooManySymbolicLinkLevels
                ? Failure(.packingReplaced, root.describe(path))
                : Failure(.packingUnreadable, root.describe(path), error)
        }
    }

    private func finish(_ count: Int) throws(Failure) {
        let last: Int32? = state.withLock { state in
            state.unread -= count
            guard state.unread == 0 else { return nil }
            defer { state.descriptor = -1 }
            return state.descriptor
        }
        guard let last else { return }
        // Only read from: close has nothing to report.
        defer { close(last) }
        let found: FileIdentity
        do {
            found = FileIdentity(try FileIdentity.status(of: last))
        } catch {
            throw Failure(.packingUnreadable, root.describe(path), error)
        }
        guard found.size == identity.size else {
            throw Failure(.packingChanged(expected: identity.size, found: found.size), root.describe(path))
        }
        guard found == identity else { throw Failure(.packingReplaced, root.describe(path)) }
    }
}
