import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A file that is under its name whole or not at all.
///
/// - Written without a name where the file system can (`O_TMPFILE`): whatever ends the process, nothing is left behind.
///   Elsewhere under a name of its own pattern in the same directory, which the next start removes.
/// - `commit` writes it to the disk, names it and writes the directory to the disk; each step that fails is told by name.
final class AtomicFile {
    let path: FilePath
    private(set) var descriptor: Int32
    /// The temporary name, while there is one.
    private(set) var temporary: FilePath?
    private let directory: Int32

    /// Makes the file, without a name or with a temporary one.
    init(_ path: FilePath, named: Bool = false) throws(Failure) {
        self.path = path
        let parent = Leftovers.directory(of: path)
        do {
            directory = try SystemCall.value {
                parent.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            }
        } catch {
            throw Failure(.packingFailed(step: "open the directory"), path.string, error)
        }
        descriptor = -1
        do {
            if !named {
                // File systems without it answer in several ways: open(2), O_TMPFILE, "ERRORS".
                descriptor = linux_open_nameless(directory, 0o664)
            }
            if descriptor < 0 { try makeNamed() }
            // Held as long as the file is being written: who removes leftovers takes only those that nobody holds.
            try Leftovers.hold(descriptor)
        } catch {
            discard()
            close(directory)
            throw Failure(.packingFailed(step: "create"), path.string, error)
        }
    }

    deinit {
        discard()
        close(directory)
    }

    /// Brings the file under its name, on the disk.
    func commit() throws(Failure) {
        do {
            try step("fsync") { () throws(Errno) in _ = try SystemCall.value { fsync(descriptor) } }
            if temporary == nil { try step("link") { () throws(Errno) in try name() } }
            // Before the lock goes: what has a temporary name and no lock is taken for a leftover.
            try step("rename") { () throws(Errno) in try rename() }
            try step("close") { () throws(Errno) in
                let owned = OwnedDescriptor(descriptor)
                descriptor = -1
                try owned.close()
            }
            try step("fsync of the directory") { () throws(Errno) in try SmallFile.sync(directory) }
        } catch {
            discard()
            throw error
        }
    }

    /// Takes back what was made, also after the rename.
    func discard() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if let temporary {
            try? Temporaries.release(temporary) { () throws(Errno) in _ = temporary.withPlatformString { unlink($0) } }
        }
        temporary = nil
    }

    private func step(_ name: String, _ body: () throws(Errno) -> Void) throws(Failure) {
        do {
            try body()
        } catch {
            throw Failure(.packingFailed(step: name), path.string, error)
        }
    }

    private func makeNamed() throws(Errno) {
        for attempt in 0..<100 {
            let candidate = Leftovers.name(for: path, attempt: attempt)
            do {
                try Temporaries.make(candidate) { () throws(Errno) in
                    descriptor = try SystemCall.value {
                        candidate.withPlatformString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o664) }
                    }
                }
                temporary = candidate
                return
            } catch {
                guard error == .fileExists else { throw error }
            }
        }
        throw .fileExists
    }

    /// Gives the nameless file a temporary name: a link cannot replace an archive that is there, a rename can.
    private func name() throws(Errno) {
        for attempt in 0..<100 {
            let candidate = Leftovers.name(for: path, attempt: attempt)
            do {
                try Temporaries.make(candidate) { () throws(Errno) in
                    _ = try SystemCall.value {
                        candidate.withPlatformString {
                            linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, $0, AT_SYMLINK_FOLLOW)
                        }
                    }
                }
                temporary = candidate
                return
            } catch {
                guard error == .fileExists else { throw error }
            }
        }
        throw .fileExists
    }

    private func rename() throws(Errno) {
        guard let temporary else { return }
        try Temporaries.release(temporary) { () throws(Errno) in
            _ = try SystemCall.value {
                temporary.withPlatformString { from in path.withPlatformString { Glibc.rename(from, $0) } }
            }
        }
        // Until the directory is on the disk too, the archive is ours to take back.
        self.temporary = path
    }

    /// Lets go of the archive, which is in place now.
    func keep() {
        temporary = nil
    }
}
