package import SystemPackage

extension HelperTask {
    /// Carries the task out in this process, be it `train` or a program of its own.
    ///
    /// - Returns: The status that this process ends with.
    /// - Throws: `Failure` that is the reason of its end.
    func run(
        _ inbox: SignalInbox,
        _ incoming: EnvironmentVariables,
        _ store: (any HelperStore)?
    ) throws(Failure) -> ExitStatus {
        switch self {
        case .fetch(let source, let directory, let isPrefix):
            try needed(store).fetch(source, to: directory, isPrefix: isPrefix)
        case .index(let repository, let command): try needed(store).index(repository, command)
        case .newest(let directory, let file, let seconds):
            CurrentProcess.setAlarm(seconds: seconds)
            try Checkpoints(directory: directory).writeNewest(to: file)
        case .resolve(let hosts, let directory, let seconds):
            return try HostResolution.run(hosts: hosts, seconds: seconds, directory: directory)
        case .channel(let directory): return PeerLoop.run(directory: directory)
        case .rendezvous(let directory, let seconds):
            return PeerRendezvous.wait(directory: directory, seconds: seconds)
        case .session(let directory): return SSHSession.run(directory: directory, incoming)
        case .lines(let command, let format):
            return RankLines.run(command, environment: incoming.entries, format, inbox)
        case .metrics(let definitions, let plan): MetricFollower(definitions, plan).run()
        case .gpus(let file, let tool): GPUWatch.run(file: file, tool: tool)
        case .record(let base, let moment, let file):
            // Whatever the program needs, it needs first.
            CurrentProcess.lowerPriority()
            try RunFacts.run(base: base, moment: moment, file: file)
        case .sync(let directory, let destination): try needed(store).sync(directory, to: destination)
        case .feed(let feeder):
            ModelArchive.removeTemporariesOnSignals()
            try feeder.run()
        case .pack(let directory, let archive, let summary):
            let options = PackingOptions(modificationTime: try PackingOptions.modificationTime(incoming))
            try ModelArchive.pack(directory, to: archive, summary: summary, options)
        case .report(let record, let seconds):
            // A page that takes too long ends with its process: alarm(2).
            CurrentProcess.setAlarm(seconds: seconds)
            try ReportPage.make(of: record)
        }
        return .success
    }

    private func needed(_ store: (any HelperStore)?) throws(Failure) -> any HelperStore {
        if let store { return store }
        let found = CommandLine.arguments.first ?? ""
        throw .option("train internal \(words.name)", expected: "done by train, which has S3 and HTTP", found: found)
    }
}

/// What only the executable `train` brings to its helpers: S3 and HTTP.
package protocol HelperStore {
    /// Brings what is at a location to a directory.
    func fetch(_ source: String, to directory: FilePath, isPrefix: Bool) throws(Failure)
    /// Sends the files of a directory to S3 while they are written, until SIGTERM; then what is left.
    func sync(_ directory: FilePath, to destination: String) throws(Failure)
    /// Becomes an installer with the address of a CodeArtifact repository in its variables.
    func index(_ repository: String, _ command: [RawString]) throws(Failure) -> Never
}
