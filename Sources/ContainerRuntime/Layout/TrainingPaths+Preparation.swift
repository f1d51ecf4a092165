import SystemPackage

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
        if (try? FileStatus(link: model))?.isLink == true {
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
        do throws(Errno) {
            try FileSystem.checkAccess(output, [.write, .execute])
        } catch .permissionDenied {
            throw Failure(.outputForbidden(user: CurrentProcess.user), output.string)
        } catch {
            return
        }
    }

    private func make(_ directory: FilePath) throws(Failure) {
        if let status = try? FileStatus(directory) {
            guard status.isDirectory else { throw Failure(.notDirectory, directory.string) }
            return
        }
        let parent = directory.removingLastComponent()
        if parent != directory, !parent.isEmpty { try make(parent) }
        do throws(Errno) {
            try FileSystem.makeDirectory(directory)
        } catch .fileExists where FileSystem.isDirectory(directory) {
            // Somebody else made it in between.
        } catch {
            throw Failure(.directoryUnavailable, directory.string, error)
        }
    }
}
