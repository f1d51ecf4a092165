import SystemPackage

/// The files of a checkpoint that is a directory, and the list of them that says whether all are there.
enum CheckpointFiles {
    /// The largest list that is read.
    private static let limit = 1 << 26

    /// The sizes of all files below a directory by their paths in it, the list itself left out; links to directories are
    /// not followed.
    static func sizes(in directory: FilePath) -> [ExactText: Int] {
        var sizes: [ExactText: Int] = [:]
        visit(directory, "") { path, name in
            guard path.lastComponent?.string != Checkpoints.manifest, let status = try? FileStatus(path) else { return }
            sizes[ExactText(text: name)] = status.size
        }
        return sizes
    }

    /// The list of a directory, or nil where there is none.
    ///
    /// - Throws: `Failure` where it cannot be read, or is no JSON.
    static func list(in directory: FilePath) throws(Failure) -> JSONValue? {
        let file = directory.appending(Checkpoints.manifest)
        if let status = try? FileStatus(file), status.size > limit {
            throw Failure(.configurationUnreadable, file.string)
        }
        guard let bytes = try ConfigurationFile.readBytes(file) else { return nil }
        do throws(JSONProblem) {
            return try JSONReader.read(bytes)
        } catch {
            throw error.failure(of: file.string, bytes)
        }
    }

    /// Writes the list, and all files of the directory to the disk.
    static func seal(_ directory: FilePath) throws(Failure) {
        let members = sizes(in: directory).map { ($0.key.text, JSONValue.integer($0.value)) }
        let file = directory.appending(Checkpoints.manifest)
        var problem: Failure?
        let list = JSONWriter.bytes(.object(JSONObject(members)))
        try Failure.wrap(SmallFile.write(list, to: file), as: .checkpointUnwritable, file)
        visit(directory, "", directories: true) { path, _ in
            do throws(Errno) {
                // A dangling link has nothing to write.
                if (try? FileStatus(path)) != nil { try FileSystem.sync(path) }
            } catch {
                problem = problem ?? Failure(.checkpointUnwritable, path.string, error)
            }
        }
        if let problem { throw problem }
    }

    private static func visit(
        _ directory: FilePath,
        _ above: String,
        directories: Bool = false,
        _ body: (FilePath, String) -> Void
    ) {
        for name in DirectoryListing.names(directory) {
            let path = directory.appending(name)
            if (try? FileStatus(link: path))?.isDirectory ?? false {
                visit(path, "\(above)\(name)/", directories: directories, body)
                if directories { body(path, above + name) }
            } else if !FileSystem.isDirectory(path) {
                body(path, above + name)
            }
        }
    }
}
