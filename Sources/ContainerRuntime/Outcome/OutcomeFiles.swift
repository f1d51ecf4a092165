import Logging
import SystemPackage

/// The two files that tell how a job ended: `output/failure` and `output/success`.
struct OutcomeFiles {
    let paths: TrainingPaths

    /// Removes what an earlier run left; what cannot be removed is said.
    static func removeEarlier(_ files: [FilePath]) {
        for file in files {
            do throws(Errno) {
                try SmallFile.remove(file)
            } catch {
                log.warning("\(file): cannot be removed, it is of an earlier run: \(error)")
            }
        }
    }

    /// Whether the program wrote a failure file of its own.
    var programWroteFailure: Bool { FileSystem.isTaken(paths.failure) }

    /// Writes the failure file, unless the program wrote one.
    ///
    /// - Throws: `Failure` where it cannot be written.
    func writeFailure(_ text: String) throws(Failure) {
        guard !programWroteFailure else {
            log.notice("\(paths.failure): the program wrote it, and it is kept")
            return
        }
        try write(Array(text.utf8), paths.failure)
    }

    /// Writes the success file, empty as the Python toolkit writes it.
    ///
    /// - Throws: `Failure` where it cannot be written.
    func writeSuccess() throws(Failure) {
        if programWroteFailure {
            log.warning("\(paths.failure): the program wrote it and then ended with 0; it is kept")
        }
        try write([], paths.success)
    }

    private func write(_ bytes: [UInt8], _ path: FilePath) throws(Failure) {
        try Failure.wrap(SmallFile.write(bytes, to: path), as: .outcomeUnwritable, path)
    }
}
