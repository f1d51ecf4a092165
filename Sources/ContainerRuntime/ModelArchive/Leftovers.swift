import SystemPackage

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
        directory(of: archive).appending("\(prefix(for: archive))\(CurrentProcess.id)-\(attempt)")
    }

    /// Holds what is being written, so that nobody takes it for a leftover; file systems without locks do without.
    static func hold(_ descriptor: FileDescriptor) throws(Errno) {
        if (try? descriptor.tryLock()) == false { throw .wouldBlock }
    }

    /// Removes what earlier packs of this archive left behind; what a running one still writes is locked, and stays.
    static func remove(for archive: FilePath) throws(Failure) {
        let parent = directory(of: archive)
        do {
            let directory = try OwnedDescriptor.openDirectory(parent)
            let listing = try SortedNames(directory.borrowed)
            let prefix = prefix(for: archive).utf8
            for index in 0..<listing.count where listing[index].starts(with: prefix) {
                try remove(listing[index], in: directory.borrowed)
            }
        } catch .noSuchFileOrDirectory {
            return
        } catch {
            throw Failure(.packingFailed(step: "remove leftovers"), archive.string, error)
        }
    }

    private static func remove(_ name: ArraySlice<UInt8>, in directory: FileDescriptor) throws(Errno) {
        // Gone in between, or a link that somebody else made.
        guard let found = try? OwnedDescriptor.open(name, options: [.noFollow, .nonBlocking], in: directory),
            (try? found.tryLock()) == true
        else { return }
        let status = try found.status()
        if status.isFile { try FileSystem.removeFile(name, in: directory) }
        if status.isDirectory { try? FileSystem.removeTree(name, in: directory) }
    }
}
