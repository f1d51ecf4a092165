import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A directory with a copy of the tree, what the platform calls "no compression": there as a whole or not at all.
///
/// The modes, times and links are those of an archive's entries.
final class DirectoryTarget {
    private let target: FilePath
    private let staging: FilePath
    private let copy: TreeRoot
    private let modified: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private let manifest: ManifestBuilder?
    private(set) var summary = PackingSummary()

    init(_ target: FilePath, modified: Int, manifest: ManifestBuilder?) throws(Failure) {
        self.target = target
        self.modified = modified
        self.manifest = manifest
        let staging = Leftovers.name(for: target, attempt: 0)
        self.staging = staging
        do {
            try Temporaries.make(staging) { () throws(Errno) in
                _ = try SystemCall.value { staging.withPlatformString { mkdir($0, 0o755) } }
            }
        } catch {
            throw Failure(.packingFailed(step: "create"), target.string, error)
        }
        do {
            copy = try TreeRoot(staging)
        } catch {
            Temporaries.remove(staging)
            throw error
        }
        guard let memory = malloc(BlockSlot.size) else {
            throw Failure(.packingFailed(step: "allocate"), target.string, .noMemory)
        }
        buffer = UnsafeMutableRawBufferPointer(start: memory, count: BlockSlot.size)
        do {
            try Leftovers.hold(copy.descriptor)
        } catch {
            throw Failure(.packingFailed(step: "create"), target.string, error)
        }
    }

    deinit {
        free(buffer.baseAddress)
        try? Temporaries.release(staging) { () throws(Errno) in Temporaries.remove(staging) }
    }

    /// Copies the entry at a path.
    func add(
        _ entry: TreeEntry,
        at path: [UInt8],
        of root: TreeRoot,
        progress: (Int) -> Void
    ) throws(Failure) {
        summary.entries += 1
        let slash = path.lastIndex(of: 0x2f)
        let name = Array(path[(slash.map { $0 + 1 } ?? 0)...])
        do {
            let parent = OwnedDescriptor(
                try copy.open(path[..<(slash ?? 0)], linux_path_flag() | O_DIRECTORY | O_CLOEXEC)
            )
            switch entry.kind {
            case .directory:
                try SystemCall.value { name.withCString { mkdirat(parent.rawValue, $0, 0o755) } }
            case .link(let target):
                try SystemCall.value {
                    target.withCString { text in name.withCString { symlinkat(text, parent.rawValue, $0) } }
                }
            case .file: break
            }
            guard case .file(let identity) = entry.kind else { return }
            let descriptor = OwnedDescriptor(
                try SystemCall.value {
                    name.withCString {
                        openat(parent.rawValue, $0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o644))
                    }
                }
            )
            summary.files += 1
            summary.bytesIn += identity.size
            var file = TreeFile(identity, throughLink: entry.throughLink)
            if identity.size > buffer.count { file = file.inParts() }
            try copyBody(file, path[...], below: root, to: descriptor.rawValue, progress)
            try SystemCall.value { fchmod(descriptor.rawValue, entry.executable ? 0o755 : 0o644) }
            try SystemCall.check(linux_set_times(descriptor.rawValue, Int64(modified)))
            try SystemCall.value { fsync(descriptor.rawValue) }
            try descriptor.close()
        } catch let error as Errno {
            throw Failure(
                .packingFailed(step: "copy"),
                "\(target)/\(String(decoding: path, as: UTF8.self))",
                error
            )
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.packingFailed(step: "copy"), target.string)
        }
    }

    private func copyBody(
        _ file: TreeFile,
        _ path: ArraySlice<UInt8>,
        below root: TreeRoot,
        to descriptor: Int32,
        _ progress: (Int) -> Void
    ) throws {
        var offset = 0
        repeat {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, file.identity.size - offset)]
            )
            if !part.isEmpty { try file.read(part, at: offset, of: path, below: root) }
            manifest?.add(
                UnsafeRawBufferPointer(part),
                isFirst: offset == 0,
                isLast: offset + part.count == file.identity.size,
                of: path
            )
            var done = 0
            while done < part.count {
                done += try SystemCall.value {
                    write(descriptor, part.baseAddress.map { $0 + done }, part.count - done)
                }
            }
            offset += part.count
            summary.bytesOut += part.count
            progress(part.count)
        } while offset < file.identity.size
    }

    /// Brings the copy under its name, on the disk.
    func commit() throws(Failure) {
        let parent = Leftovers.directory(of: target)
        do {
            try syncDirectories()
            try Temporaries.release(staging) { () throws(Errno) in
                // An empty directory may be replaced, anything else not: rename(2), ENOTEMPTY.
                _ = try SystemCall.value {
                    staging.withPlatformString { from in target.withPlatformString { rename(from, $0) } }
                }
            }
            let descriptor = OwnedDescriptor(
                try SystemCall.value { parent.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } }
            )
            do {
                try SmallFile.sync(descriptor.rawValue)
            } catch {
                // It was empty or not there before: what may be gone after a power failure is taken back.
                Temporaries.remove(target)
                throw error
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.packingFailed(step: "rename"), target.string, error as? Errno)
        }
    }

    /// Each file is on the disk; here come the names.
    private func syncDirectories() throws {
        let walk = try TreeWalk(copy, links: .keep, warnings: PackingWarnings(silent: true))
        while let entry = try walk.next() {
            guard case .directory = entry.kind else { continue }
            let directory = OwnedDescriptor(try copy.open(walk.path[...], O_RDONLY | O_DIRECTORY | O_CLOEXEC))
            try SmallFile.sync(directory.rawValue)
        }
        try SmallFile.sync(copy.descriptor)
    }
}
