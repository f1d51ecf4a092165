import ArgumentParser
import ContainerRuntime
import SystemPackage

/// The command `train peer`: what a job of many hosts runs beside its program; not for people.
struct PeerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer",
        abstract: "Tells the other hosts of a job how this one fares; a job starts it by itself.",
        shouldDisplay: false
    )

    /// What is done.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        /// Keeps the channel open until the job is over.
        case channel
        /// Waits until all hosts are ready.
        case rendezvous
        /// Finds the addresses of hosts.
        case resolve
        /// Runs what an ssh session asks for, with the job's variables.
        case session
        /// Runs a program and makes its lines JSON, or mpirun and tags its ranks' lines with host and rank.
        case lines
    }

    @Argument(help: "What is done.")
    var action: Action

    @Argument(help: "The private directory of the job.")
    var directory: String

    @Option(help: "How long is waited, in seconds.")
    var seconds = 600

    @Flag(help: "Make the lines JSON.")
    var json = false

    @Option(help: "The host and rank that lines are of, as in algo-1/0.")
    var place: String?

    @Flag(help: "Leave signals to the group.")
    var inGroup = false

    @Argument(parsing: .postTerminator, help: "The hosts to resolve, or the program.")
    var words: [String] = []

    func run() {
        let directory = FilePath(directory)
        switch action {
        case .channel: Startup.shared.finish(PeerLoop.run(directory: directory))
        case .rendezvous:
            Startup.shared.finish(PeerRendezvous.wait(directory: directory, seconds: seconds))
        case .resolve:
            let file = directory.appending("peer-addresses.json")
            let hosts = Startup.shared.passedArguments.map(\.description)
            Startup.shared.finish(HostResolution.run(hosts: hosts, seconds: seconds, file: file))
        case .lines:
            let words = Startup.shared.passedArguments
            let tags = self.directory.split(separator: ",").map(String.init)
            let perHost = tags.first.flatMap { Int($0) }
            let format = LineFormat(
                ranks: perHost.map { RankTagger(perHost: $0, hosts: Array(tags.dropFirst())) },
                isJSON: json,
                place: place.flatMap { LogPlace($0) },
                passesSignals: !inGroup
            )
            Startup.shared.finish(
                RankLines.run(words, environment: Startup.shared.environment, format, Startup.shared.inbox)
            )
        case .session: Startup.shared.finish(SSHSession.run(directory: directory))
        }
    }
}
