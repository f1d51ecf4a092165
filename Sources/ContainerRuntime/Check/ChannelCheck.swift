import SystemPackage

/// The channels: those that are named and not there, and those that hold nothing.
enum ChannelCheck {
    static func findings(_ configuration: JobConfiguration, _ paths: TrainingPaths) -> [Finding] {
        let holds = DirectoryListing.names(paths.inputData)
        let missing = configuration.inputData.missing(paths)
        let absent = missing.map { name in
            let warning = JobWarning.channelMissing(name: name, path: paths.channel(name).string, holds: holds)
            return Finding(
                warning,
                place: paths.channel(name).string,
                advice: "put its data there, or take it out of the configuration"
            )
        }
        let empty = configuration.inputData.channels.filter { name in
            FileSystem.isDirectory(paths.channel(name)) && DirectoryListing.names(paths.channel(name)).isEmpty
        }
        return absent
            + empty.map { name in
                let place = paths.channel(name).string
                return Finding(.warning, place, "channel \"\(name)\" holds no file", advice: "put its data there")
            } + values(configuration, paths)
    }

    /// Hyperparameters that name a place below input/data which is not there.
    private static func values(_ configuration: JobConfiguration, _ paths: TrainingPaths) -> [Finding] {
        let starts = Set([paths.inputData.string, "/opt/ml/input/data"]).map { $0 + "/" }
        return configuration.hyperparameters.user.compactMap { key, value in
            guard let text = value.string, let start = starts.first(where: { text.hasPrefix($0) }) else { return nil }
            let below = text.dropFirst(start.count)
            let channel = below.prefix { $0 != "/" }
            let place = paths.inputData.appending(FilePath(String(below)).components)
            guard !channel.isEmpty, !FileSystem.exists(place) else { return nil }
            let has = configuration.inputData.channels
            let words = has.isEmpty ? "the job has no channels" : "the job's channels are \(has.listing)"
            let problem = "hyperparameter \"\(key)\" names \(text), which is not there; \(words)"
            return Finding(.warning, key, problem, advice: "name a channel that the job has")
        }
    }
}
