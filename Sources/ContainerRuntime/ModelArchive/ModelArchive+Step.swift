import Logging
package import SystemPackage

extension ModelArchive {
    /// Packs as a command does: shows how far it is, says what came of it, and leaves nothing behind at a signal.
    ///
    /// The summary is a file for what the archive holds.
    ///
    /// - Throws: `Failure` of packing that names the file or the step.
    package static func pack(
        _ directory: FilePath,
        to archive: FilePath,
        summary: FilePath?,
        _ options: PackingOptions
    ) throws(Failure) {
        // Nobody may be reading our log any more: that must not cost the archive. A pipe as the archive gives EPIPE.
        Signal.pipe.ignore()
        removeTemporariesOnSignals()
        let line = ProgressLine("packing \(directory)")
        defer { line.clear() }
        var options = options
        options.digest = summary != nil && PackingSummary.digestIsCheap
        options.countsAhead = line.isOnTerminal
        options.progress = { told in
            let ratio = Amount.percent(told.bytesOut, of: told.bytesIn)
            let more = told.bytesOut < told.bytesIn ? ", \(ratio) of the size" : ""
            line.show(done: told.bytesIn, total: told.total, more: more)
        }
        let started = ContinuousClock.now
        let packed = try pack(directory: directory, to: archive, options: options)
        line.clear()
        if let summary { try packed.write(to: summary) }
        let name = (archive == "-" ? directory : archive).lastComponent?.string ?? archive.string
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        log.info("packed \(name): \(packed.text(after: seconds))")
    }
}
