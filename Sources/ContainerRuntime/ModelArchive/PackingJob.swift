import Logging
import SystemPackage

/// One tree on its way into one archive.
struct PackingJob {
    let root: TreeRoot
    let options: PackingOptions
    let manifest: ManifestBuilder?

    /// Writes a tar archive, plain or in gzip.
    func pack(into output: FileDescriptor, named name: String, plain: Bool) throws(Failure) -> PackingSummary {
        let warnings = PackingWarnings()
        let total = try countedBytes()
        let walk = try TreeWalk(root, links: options.links, warnings: warnings)
        let stream = TarStream(
            root,
            walk,
            modified: options.modificationTime,
            tellsEmptyFiles: manifest != nil
        )
        let sink = ArchiveSink(
            output,
            name: name,
            plain: plain,
            manifest: manifest,
            digest: options.digest
        )
        let threads = max(1, options.threads ?? ControlGroup(root: "/").usableProcessors())
        let level = options.level
        let pipeline = try BlockPipeline(stream, sink, threads: threads) {
            BlockCompressor(level: level, plain: plain)
        }
        try pipeline.run(threads: threads, total: total, progress: options.progress)
        var summary = stream.summary
        summary.bytesOut = sink.bytesOut
        summary.threads = pipeline.threads
        summary.digest = sink.digestText()
        return finish(summary, warnings)
    }

    /// Makes a directory with a copy of the tree; `last` runs before it gets its name.
    func copy(to target: FilePath, _ last: () throws(Failure) -> Void) throws(Failure) -> PackingSummary {
        let warnings = PackingWarnings()
        var told = PackingProgress(bytesIn: 0, bytesOut: 0, total: try countedBytes())
        let walk = try TreeWalk(root, links: options.links, warnings: warnings)
        let copy = try DirectoryTarget(target, modified: options.modificationTime, manifest: manifest)
        while let entry = try walk.next() {
            try copy.add(entry, at: walk.path, of: root) { count in
                told.bytesIn += count
                told.bytesOut += count
                options.progress?(told)
            }
        }
        try last()
        try copy.commit()
        return finish(copy.summary, warnings)
    }

    private func finish(_ found: PackingSummary, _ warnings: PackingWarnings) -> PackingSummary {
        var summary = found
        warnings.finish()
        if summary.entries == 0 {
            log.warning("\(root.name): the directory is empty, so the archive holds nothing")
        }
        summary.warnings = warnings.count
        return summary
    }

    /// The bytes of all files, counted ahead only where somebody is told how far packing has come.
    private func countedBytes() throws(Failure) -> Int {
        guard options.progress != nil, options.countsAhead else { return 0 }
        let walk = try TreeWalk(root, links: options.links, warnings: PackingWarnings(silent: true))
        var total = 0
        while let entry = try walk.next() {
            if case .file(let identity) = entry.kind { total += identity.size }
        }
        return total
    }
}
