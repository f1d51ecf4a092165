import Synchronization
import SystemPackage

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
    func read(
        _ buffer: UnsafeMutableRawBufferPointer,
        at offset: Int,
        of path: ArraySlice<UInt8>,
        below root: TreeRoot
    ) throws(Failure) {
        guard let parts else {
            let file = try open(path, root)
            try fill(buffer, at: offset, from: file.borrowed, path, root)
            return try check(file, path, root)
        }
        let file = try parts.opened { () throws(Failure) in try open(path, root) }
        try fill(buffer, at: offset, from: file, path, root)
        if let last = parts.finish(buffer.count) { try check(last, path, root) }
    }

    private func open(_ path: ArraySlice<UInt8>, _ root: TreeRoot) throws(Failure) -> OwnedDescriptor {
        // Not to wait where a FIFO has taken the file's place, nor to follow a link that has.
        var options: FileDescriptor.OpenOptions = [.nonBlocking, .noControllingTerminal]
        if !throughLink { options.insert(.noFollow) }
        do {
            return try root.open(path, options)
        } catch {
            throw error == .tooManySymbolicLinkLevels
                ? Failure(.packingReplaced, root.describe(path))
                : Failure(.packingUnreadable, root.describe(path), error)
        }
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        at offset: Int,
        from file: FileDescriptor,
        _ path: ArraySlice<UInt8>,
        _ root: TreeRoot
    ) throws(Failure) {
        let count = try Failure.wrap(file.fill(buffer, at: offset), as: .packingUnreadable, root.describe(path))
        guard count == buffer.count else {
            throw Failure(.packingChanged(expected: identity.size, found: offset + count), root.describe(path))
        }
    }

    /// Compares a file that was read with what was listed.
    private func check(_ file: borrowing OwnedDescriptor, _ path: ArraySlice<UInt8>, _ root: TreeRoot) throws(Failure) {
        let found: FileIdentity
        do { found = FileIdentity(try file.status()) } catch {
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
    private struct State: ~Copyable {
        var file: OwnedDescriptor?
        var unread: Int
    }
    private let state: Mutex<State>

    init(size: Int) {
        state = Mutex(State(unread: size))
    }

    fileprivate func opened(_ open: () throws(Failure) -> OwnedDescriptor) throws(Failure) -> FileDescriptor {
        try state.withLock { state throws(Failure) in
            if let file = state.file?.borrowed { return file }
            let file = try open()
            let descriptor = file.borrowed
            state.file = consume file
            return descriptor
        }
    }

    /// Counts bytes that were read; with the last of them the file is the caller's.
    fileprivate func finish(_ count: Int) -> OwnedDescriptor? {
        state.withLock { state in
            state.unread -= count
            return state.unread == 0 ? state.file.take() : nil
        }
    }
}
