import SystemPackage

/// The steps of a job that are commands of `train`, in a program that is not `train`: those that a function's job needs.
enum JobHelper {
    /// Carries out a step, or nothing where the words are none.
    static func run(_ words: [String], giveBack: () -> Void) -> ExitStatus? {
        switch (words.first, words.count) {
        case ("pack", 3):
            giveBack()
            return pack(FilePath(words[1]), FilePath(words[2]))
        case ("peer", 3...):
            giveBack()
            return peer(words[1], FilePath(words[2]), Array(words.dropFirst(3)))
        case ("metrics", 3...):
            giveBack()
            return metrics(HelperOptions(words.dropFirst()))
        case ("newest", 5):
            giveBack()
            let seconds = Int(words[4]) ?? 60
            return CheckpointSearch.run(directory: FilePath(words[1]), file: FilePath(words[2]), seconds: seconds)
        case ("record", 4), ("report", 4):
            giveBack()
            return record(words)
        default: return nil
        }
    }

    /// What follows the metrics of the log, or watches the GPUs.
    private static func metrics(_ options: HelperOptions) -> ExitStatus? {
        if let file = options["watch-gpus"], let tool = options["tool"] {
            GPUWatch.run(file: FilePath(file), tool: FilePath(tool))
            return .success
        }
        guard let file = options["follow"] else { return nil }
        return told { () throws(Failure) in
            var definitions: [MetricDefinition] = []
            for text in options.all("define") {
                definitions += try MetricDefinition.read(text: text, source: "--define")
            }
            var plan = MetricFollower.Plan(file: FilePath(file))
            plan.agentDirectory = options["agent"].map { FilePath($0) }
            plan.embeddedHost = options["embedded-host"]
            plan.job = options["job"] ?? ""
            plan.isShared = options.has("shared")
            MetricFollower(definitions, plan).run()
        }
    }

    /// `record BASE MOMENT FILE`, what a job finds out about itself; `report RECORD --seconds N`, its page.
    private static func record(_ words: [String]) -> ExitStatus? {
        if words[0] == "record", let moment = Int(words[2]) {
            // Whatever the program needs, it needs first.
            CurrentProcess.lowerPriority()
            return told { () throws(Failure) in
                try RunFacts.run(base: FilePath(words[1]), moment: moment, file: FilePath(words[3]))
            }
        }
        guard words[0] == "report", words[2] == "--seconds", let seconds = Int(words[3]) else { return nil }
        CurrentProcess.setAlarm(seconds: seconds)
        return told { () throws(Failure) in
            let record = FilePath(words[1])
            try ReportPage(try RunReport(record)).write(to: ReportPage.place(beside: record))
        }
    }

    private static func told(_ body: () throws(Failure) -> Void) -> ExitStatus {
        do throws(Failure) {
            try body()
            return .success
        } catch {
            RuntimeLog.shared.write("error: \(error.failureClass.rawValue): \(error)")
            return error.exitStatus
        }
    }

    private static func pack(_ directory: FilePath, _ archive: FilePath) -> ExitStatus {
        // Nobody may be reading our log any more: that must not cost the archive.
        Signal.pipe.ignore()
        ModelArchive.removeTemporariesOnSignals()
        return told { () throws(Failure) in
            let time = CurrentProcess.variable("SOURCE_DATE_EPOCH").flatMap { Int($0.description) } ?? 0
            try ModelArchive.pack(
                directory: directory,
                to: archive,
                options: PackingOptions(modificationTime: (0..<1 << 40).contains(time) ? time : 0)
            )
        }
    }

    private static func peer(_ action: String, _ directory: FilePath, _ rest: [String]) -> ExitStatus? {
        let seconds =
            rest.firstIndex(of: "--seconds").flatMap { rest.dropFirst($0 + 1).first }.flatMap { Int($0) } ?? 600
        switch action {
        case "channel": return PeerLoop.run(directory: directory)
        case "rendezvous": return PeerRendezvous.wait(directory: directory, seconds: seconds)
        case "resolve":
            let hosts = Array(rest.drop { $0 != "--" }.dropFirst())
            return HostResolution.run(hosts: hosts, seconds: seconds, file: directory.appending("peer-addresses.json"))
        default: return nil
        }
    }
}

/// The options that a job gives to a helper: `--name value`, and `--name` alone.
struct HelperOptions {
    private var values: [(name: String, value: String?)] = []

    init(_ words: some Sequence<String>) {
        for word in words {
            if word.hasPrefix("--") {
                values.append((String(word.dropFirst(2)), nil))
            } else if let last = values.indices.last, values[last].value == nil {
                values[last].value = word
            }
        }
    }

    subscript(name: String) -> String? { all(name).last }

    func all(_ name: String) -> [String] { values.compactMap { $0.name == name ? $0.value : nil } }

    func has(_ name: String) -> Bool { values.contains { $0.name == name } }
}
