import SystemPackage

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
        let make = { () throws(Errno) in try FileSystem.makeDirectory(staging, permissions: 0o755) }
        try Failure.wrap(Temporaries.make(staging, make), as: .packingFailed(step: "create"), target)
        do {
            copy = try TreeRoot(staging)
        } catch {
            try? FileSystem.removeTree(staging)
            throw error
        }
        guard let memory = UnsafeMutableRawBufferPointer.tryAllocate(byteCount: BlockSlot.size) else {
            throw Failure(.packingFailed(step: "allocate"), target.string, .noMemory)
        }
        buffer = memory
        try Failure.wrap(Leftovers.hold(copy.descriptor), as: .packingFailed(step: "create"), target)
    }

    deinit {
        buffer.free()
        try? Temporaries.release(staging) { () throws(Errno) in try FileSystem.removeTree(staging) }
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
        let name = path[(slash.map { $0 + 1 } ?? 0)...]
        let above = try copying(copy.open(path[..<(slash ?? 0)], [.placeOnly, .directory]), path)
        let parent = above.borrowed
        switch entry.kind {
        case .directory: try copying(FileSystem.makeDirectory(name, permissions: 0o755, in: parent), path)
        case .link(let target): try copying(FileSystem.makeSymbolicLink(name, to: target, in: parent), path)
        case .file(let identity):
            let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate]
            let output = try copying(OwnedDescriptor.open(name, .writeOnly, options: options, in: parent), path)
            summary.files += 1
            summary.bytesIn += identity.size
            var file = TreeFile(identity, throughLink: entry.throughLink)
            if identity.size > buffer.count { file = file.inParts() }
            try copyBody(file, path, below: root, to: output.borrowed, progress)
            do throws(Errno) {
                try output.setPermissions(entry.executable ? 0o755 : 0o644)
                try output.setTimes(modified)
                try output.sync()
                try output.close()
            } catch {
                throw failure(of: path, error)
            }
        }
    }

    private func copyBody(
        _ file: TreeFile,
        _ path: [UInt8],
        below root: TreeRoot,
        to output: FileDescriptor,
        _ progress: (Int) -> Void
    ) throws(Failure) {
        var offset = 0
        repeat {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, file.identity.size - offset)]
            )
            if !part.isEmpty { try file.read(part, at: offset, of: path[...], below: root) }
            let bytes = UnsafeRawBufferPointer(part)
            let isLast = offset + part.count == file.identity.size
            manifest?.add(bytes, isFirst: offset == 0, isLast: isLast, of: path[...])
            try copying(output.writeAll(bytes), path)
            offset += part.count
            summary.bytesOut += part.count
            progress(part.count)
        } while offset < file.identity.size
    }

    private func copying<Answer: ~Copyable>(
        _ call: @autoclosure () throws(Errno) -> Answer,
        _ path: [UInt8]
    ) throws(Failure) -> Answer {
        do { return try call() } catch { throw failure(of: path, error) }
    }

    private func failure(of path: [UInt8], _ error: Errno) -> Failure {
        Failure(.packingFailed(step: "copy"), "\(target)/\(String(decoding: path, as: UTF8.self))", error)
    }

    /// Brings the copy under its name, on the disk.
    func commit() throws(Failure) {
        try syncDirectories()
        do throws(Errno) {
            try Temporaries.release(staging) { () throws(Errno) in
                // An empty directory may be replaced, anything else not: rename(2), ENOTEMPTY.
                try FileSystem.rename(staging, to: target)
            }
            do throws(Errno) {
                try FileSystem.sync(Leftovers.directory(of: target))
            } catch {
                // It was empty or not there before: what may be gone after a power failure is taken back.
                try? FileSystem.removeTree(target)
                throw error
            }
        } catch {
            throw Failure(.packingFailed(step: "rename"), target.string, error)
        }
    }

    /// Each file is on the disk; here come the names.
    private func syncDirectories() throws(Failure) {
        let walk = try TreeWalk(copy, links: .keep, warnings: PackingWarnings(silent: true))
        while let entry = try walk.next() {
            guard case .directory = entry.kind else { continue }
            let directory = walk.path[...]
            try Failure.wrap(copy.open(directory, .directory).syncNames(), as: .packingFailed(step: "rename"), target)
        }
        try Failure.wrap(copy.descriptor.syncNames(), as: .packingFailed(step: "rename"), target)
    }
}
