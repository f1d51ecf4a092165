import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

extension TrainingPaths {
    /// Makes the directories that a job needs, with all above them: `model`, `output`, `output/data` and `code`.
    ///
    /// The input is the platform's and is never made. A link to a directory is followed once, and said so for `model`.
    ///
    /// - Throws: `Failure` where `output` or `model` can neither be found nor made, or is no directory, and where this user may
    ///   not write to `output`: no such job could end well, and it would be told when all the work was done.
    public func makeDirectories() throws(Failure) -> [JobWarning] {
        var warnings: [JobWarning] = []
        try make(output)
        try permitOutput()
        try make(model)
        var status = stat()
        if model.withPlatformString({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFLNK {
            warnings.append(.modelDirectoryIsLink(path: model.string))
        }
        for directory in [outputData, code] {
            do throws(Failure) {
                try make(directory)
            } catch {
                // Without them a program can still run; without code, the missing entry point is what has to be told.
                warnings.append(
                    .directoryNotMade(path: error.subject, reason: error.underlying?.description ?? "not a directory")
                )
            }
        }
        return warnings
    }

    /// A read-only or a full file system is left to the program's end: it may be another one by then.
    private func permitOutput() throws(Failure) {
        do {
            try SystemCall.value { output.withPlatformString { faccessat(AT_FDCWD, $0, W_OK | X_OK, AT_EACCESS) } }
        } catch Errno.permissionDenied {
            throw Failure(.outputForbidden(user: currentUser()), output.string)
        } catch {
            return
        }
    }

    private func make(_ directory: FilePath) throws(Failure) {
        if let mode = DirectoryListing.mode(directory) {
            guard mode & S_IFMT == S_IFDIR else { throw Failure(.notDirectory, directory.string) }
            return
        }
        let parent = directory.removingLastComponent()
        if parent != directory, !parent.isEmpty { try make(parent) }
        do {
            try SystemCall.value { directory.withPlatformString { mkdir($0, 0o777) } }
        } catch Errno.fileExists where DirectoryListing.isDirectory(directory) {
            // Somebody else made it in between.
        } catch {
            throw Failure(.directoryUnavailable, directory.string, error)
        }
    }
}
