public import SystemPackage

extension Checkpoints {
    /// Deletes the oldest that `save` wrote so that this many complete ones stay, and returns what it deleted.
    ///
    /// The order is that of saving. What has no record of this host and rank stays, as does what is not as it was saved: it
    /// is another's. One that is on its way to S3 stays until the next time: deleting it would end the upload.
    ///
    /// - Parameter count: How many stay, at least 1.
    /// - Returns: The paths that are gone.
    /// - Throws: `Failure` with code `checkpointCountUnusable` or `checkpointUnwritable`.
    @discardableResult
    public func keep(_ count: Int) throws(Failure) -> [FilePath] {
        guard count >= 1 else { throw Failure(.checkpointCountUnusable, String(count)) }
        let saved = records.all()
        let whole = saved.indices.filter { isWhole(saved[$0]) }
        guard whole.count >= count else { return [] }
        var deleted: [FilePath] = []
        for checkpoint in saved[..<whole[whole.count - count]] where isOwn(checkpoint) {
            let path = directory.appending(checkpoint.name)
            if Self.isUploading(path) || Self.isUploading(records.path(of: checkpoint.name)) { continue }
            if (try? FileStatus(link: path)) != nil {
                try Self.remove(path)
                deleted.append(path)
            }
            try records.remove(checkpoint.name)
        }
        return deleted
    }

    /// Whether all that was saved is there.
    private func isWhole(_ saved: SavedCheckpoint) -> Bool {
        let path = directory.appending(saved.name)
        guard let status = try? FileStatus(link: path), Self.isLike(saved, status) else { return false }
        return (!status.isDirectory || list(of: path) != nil) && Self.isComplete(path)
    }

    /// Whether nothing is there but what was saved, or a rest of it.
    private func isOwn(_ saved: SavedCheckpoint) -> Bool {
        let path = directory.appending(saved.name)
        guard let status = try? FileStatus(link: path) else { return true }
        guard Self.isLike(saved, status) else { return false }
        guard status.isDirectory else { return true }
        guard let list = list(of: path) else { return false }
        return CheckpointFiles.sizes(in: path).allSatisfy { name, size in
            name.text.hasSuffix(Self.uploaded) || list[name.text] == .integer(size)
        }
    }

    private static func isLike(_ saved: SavedCheckpoint, _ status: FileStatus) -> Bool {
        saved.size.map { status.isFile && status.size == $0 } ?? status.isDirectory
    }

    private func list(of path: FilePath) -> JSONObject? {
        (try? CheckpointFiles.list(in: path))??.object
    }
}
