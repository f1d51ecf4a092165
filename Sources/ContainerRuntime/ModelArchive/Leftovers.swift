import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Temporary names beside an archive: `.NAME.train-pack-PID-N`.
///
/// A pack that was killed may leave one, the next removes it.
enum Leftovers {
    private static func prefix(for archive: FilePath) -> String {
        // A name has at most 255 bytes: NAME_MAX.
        let name = archive.lastComponent?.string ?? ""
        return ".\(String(decoding: name.utf8.prefix(200), as: UTF8.self)).train-pack-"
    }

    /// The directory that holds the archive.
    static func directory(of archive: FilePath) -> FilePath {
        let parent = archive.removingLastComponent()
        return parent.isEmpty ? "." : parent
    }

    static func name(for archive: FilePath, attempt: Int) -> FilePath {
        directory(of: archive).appending("\(prefix(for: archive))\(getpid())-\(attempt)")
    }

    /// Holds what is being written, so that nobody takes it for a leftover; file systems without locks do without.
    ///
    /// The corresponding C function is `flock`.
    static func hold(_ descriptor: Int32) throws(Errno) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        throw .wouldBlock
    }

    /// Removes what earlier packs of this archive left behind; what a running one still writes is locked, and stays.
    static func remove(for archive: FilePath) throws(Failure) {
        let parent = directory(of: archive)
        do {
            let descriptor = OwnedDescriptor(
                try SystemCall.value { parent.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } }
            )
            let listing = try SortedNames(descriptor: descriptor.rawValue)
            let prefix = prefix(for: archive).utf8
            for index in 0..<listing.count where listing[index].starts(with: prefix) {
                try remove(Array(listing[index]), in: descriptor.rawValue, parent)
            }
        } catch .noSuchFileOrDirectory {
            return
        } catch {
            throw Failure(.packingFailed(step: "remove leftovers"), archive.string, error)
        }
    }

    private static func remove(_ name: [UInt8], in directory: Int32, _ parent: FilePath) throws(Errno) {
        let found = name.withCString { openat(directory, $0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        // Gone in between, or a link that somebody else made.
        guard found >= 0 else { return }
        defer { close(found) }
        guard flock(found, LOCK_EX | LOCK_NB) == 0 else { return }
        let status = try FileIdentity.status(of: found)
        switch status.st_mode & S_IFMT {
        case S_IFREG: try SystemCall.value { name.withCString { unlinkat(directory, $0, 0) } }
        case S_IFDIR: Temporaries.remove(parent.appending(String(decoding: name, as: UTF8.self)))
        default: return
        }
    }
}
