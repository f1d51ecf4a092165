import SystemPackage

/// A file that is under its name whole or not at all.
///
/// - Written without a name where the file system can (`O_TMPFILE`): whatever ends the process, nothing is left behind.
///   Elsewhere under a name of its own pattern in the same directory, which the next start removes.
/// - `commit` writes it to the disk, names it and writes the directory to the disk; each step that fails is told by name.
final class AtomicFile {
    let path: FilePath
    /// What is written; nothing once it is closed.
    private var file: OwnedDescriptor?
    /// The temporary name, while there is one.
    private(set) var temporary: FilePath?
    private let directory: OwnedDescriptor

    /// Makes the file, without a name or with a temporary one.
    init(_ path: FilePath, named: Bool = false) throws(Failure) {
        self.path = path
        let parent = Leftovers.directory(of: path)
        directory = try Failure.wrap(.openDirectory(parent), as: .packingFailed(step: "open the directory"), path)
        do throws(Errno) {
            // File systems without it answer in several ways: open(2), O_TMPFILE, "ERRORS".
            if !named { file = try? OwnedDescriptor.openUnnamed(in: directory.borrowed, permissions: 0o664) }
            if file == nil {
                try makeTemporary { name throws(Errno) in
                    let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate]
                    file = try OwnedDescriptor.open(name, .writeOnly, options: options, permissions: 0o664)
                }
            }
            // Held as long as the file is being written: who removes leftovers takes only those that nobody holds.
            try Leftovers.hold(descriptor)
        } catch {
            discard()
            throw Failure(.packingFailed(step: "create"), path.string, error)
        }
    }

    deinit { discard() }

    /// The file, to write to.
    var descriptor: FileDescriptor { file?.borrowed ?? FileDescriptor(rawValue: -1) }

    /// Brings the file under its name, on the disk.
    func commit() throws(Failure) {
        do {
            try step("fsync", descriptor.sync())
            // A link cannot replace an archive that is there, a rename can.
            if temporary == nil { try step("link", name()) }
            // Before the lock goes: what has a temporary name and no lock is taken for a leftover.
            try step("rename", rename())
            try step("close", file.take()?.close())
            try step("fsync of the directory", directory.syncNames())
        } catch {
            discard()
            throw error
        }
    }

    /// Takes back what was made, also after the rename.
    func discard() {
        file = nil
        guard let temporary else { return }
        try? Temporaries.release(temporary) { () throws(Errno) in try SmallFile.remove(temporary) }
        self.temporary = nil
    }

    private func step(_ name: String, _ call: @autoclosure () throws(Errno) -> Void?) throws(Failure) {
        _ = try Failure.wrap(call(), as: .packingFailed(step: name), path)
    }

    /// Makes something under the first temporary name that is free.
    private func makeTemporary(_ make: (FilePath) throws(Errno) -> Void) throws(Errno) {
        for attempt in 0..<100 {
            let candidate = Leftovers.name(for: path, attempt: attempt)
            do throws(Errno) {
                try Temporaries.make(candidate) { () throws(Errno) in try make(candidate) }
                temporary = candidate
                return
            } catch .fileExists {
                continue
            }
        }
        throw .fileExists
    }

    private func name() throws(Errno) {
        try makeTemporary { name throws(Errno) in
            try FileSystem.makeLink(name, to: descriptor.link, followsLinks: true)
        }
    }

    private func rename() throws(Errno) {
        guard let temporary else { return }
        try Temporaries.release(temporary) { () throws(Errno) in try FileSystem.rename(temporary, to: path) }
        // Until the directory is on the disk too, the archive is ours to take back.
        self.temporary = path
    }

    /// Lets go of the archive, which is in place now.
    func keep() {
        temporary = nil
    }
}
