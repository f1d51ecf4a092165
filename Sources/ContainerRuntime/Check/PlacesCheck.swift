import SystemPackage

/// The directories that a job writes to: whether it can, and whether there is room.
enum PlacesCheck {
    static func findings(_ paths: TrainingPaths, least: Int = 1 << 30) -> [Finding] {
        guard FileSystem.exists(paths.base) else { return [] }
        let unwritable = [paths.model, paths.output, paths.outputData].compactMap(writing)
        return unwritable + room(paths, least: least)
    }

    private static func writing(_ directory: FilePath) -> Finding? {
        if let status = try? FileStatus(directory), !status.isDirectory {
            return Finding(Failure(.notDirectory, directory.string), advice: "remove what is there")
        }
        // One that is not there is made, in the nearest that is.
        var place = directory
        while !FileSystem.exists(place), place != place.removingLastComponent() { place.removeLastComponent() }
        guard !FileSystem.isAccessible(place, [.write, .execute]) else { return nil }
        let user = "user \(CurrentProcess.user)"
        let problem = place == directory ? "cannot be written by \(user)" : "cannot be made by \(user) in \(place)"
        return Finding(.error, directory.string, problem, advice: "chown it, or run as a user that may write there")
    }

    private static func room(_ paths: TrainingPaths, least: Int) -> [Finding] {
        let place = FileSystem.exists(paths.output) ? paths.output : paths.base
        guard let use = FileSystemUse(place), use.size > 0 else { return [] }
        if use.isFull {
            return [
                Finding(.error, place.string, "the file system is full", advice: "make room, or mount a larger volume")
            ]
        }
        guard use.free < least else { return [] }
        let problem = "the file system has \(use.free >> 20) MiB left for the model, the output and their archives"
        return [Finding(.warning, place.string, problem, advice: "make room, or mount a larger volume")]
    }
}
