import SystemPackage

/// The one place where the words of a task are made, and where they are read.
extension HelperTask {
    /// The words, as `init(_:)` reads them.
    var words: HelperWords {
        switch self {
        case .fetch(let source, let directory, let isPrefix):
            HelperWords("fetch", ["source": source, "directory": directory, "prefix": isPrefix])
        case .index(let repository, let command):
            HelperWords("index", ["repository": repository], command: command)
        case .newest(let directory, let file, let seconds):
            HelperWords("newest", ["directory": directory, "file": file, "seconds": seconds])
        case .resolve(let hosts, let directory, let seconds):
            HelperWords("resolve", ["host": hosts, "directory": directory, "seconds": seconds])
        case .channel(let directory): HelperWords("channel", ["directory": directory])
        case .rendezvous(let directory, let seconds):
            HelperWords("rendezvous", ["directory": directory, "seconds": seconds])
        case .session(let directory): HelperWords("session", ["directory": directory])
        case .lines(let command, let format): HelperWords("lines", format.fields, command: command)
        case .metrics(let definitions, let plan): HelperWords("metrics", ["definition": definitions], plan.fields)
        case .gpus(let file, let tool): HelperWords("gpus", ["file": file, "tool": tool])
        case .record(let base, let moment, let file):
            HelperWords("record", ["base": base, "moment": moment, "file": file])
        case .sync(let directory, let destination):
            HelperWords("sync", ["directory": directory, "destination": destination])
        case .feed(let feeder): HelperWords("feed", feeder.fields)
        case .pack(let directory, let archive, let summary):
            HelperWords("pack", ["directory": directory, "archive": archive, "summary": summary])
        case .report(let record, let seconds): HelperWords("report", ["record": record, "seconds": seconds])
        }
    }

    /// Reads the words of a task.
    ///
    /// - Throws: `Failure` with code `settingUnusable` that names the task and the field.
    init(_ words: inout HelperWords) throws(Failure) {
        switch words.name {
        case "fetch":
            self = try .fetch(words.take("source"), to: words.take("directory"), isPrefix: words.take("prefix"))
        case "index": self = try .index(words.take("repository"), command: words.takeCommand())
        case "newest":
            self = try .newest(in: words.take("directory"), file: words.take("file"), seconds: words.take("seconds"))
        case "resolve":
            let hosts: [String] = try words.take("host")
            self = try .resolve(hosts, directory: words.take("directory"), seconds: words.take("seconds"))
        case "channel": self = try .channel(words.take("directory"))
        case "rendezvous": self = try .rendezvous(words.take("directory"), seconds: words.take("seconds"))
        case "session": self = try .session(words.take("directory"))
        case "lines": self = try .lines(words.takeCommand(), LineFormat(&words))
        case "metrics": self = try .metrics(words.take("definition"), MetricFollower.Plan(&words))
        case "gpus": self = try .gpus(words.take("file"), tool: words.take("tool"))
        case "record":
            self = try .record(words.take("base"), moment: words.take("moment"), file: words.take("file"))
        case "sync": self = try .sync(words.take("directory"), to: words.take("destination"))
        case "feed": self = try .feed(PipeFeeder(&words))
        case "pack":
            self = try .pack(words.take("directory"), to: words.take("archive"), summary: words.take("summary"))
        case "report": self = try .report(words.take("record"), seconds: words.take("seconds"))
        default: throw .option("train internal", expected: "followed by a task", found: words.name.description)
        }
    }
}

extension LineFormat {
    fileprivate var fields: HelperWords.Fields {
        [
            "per-host": ranks?.perHost, "host": ranks?.hosts, "json": isJSON, "place": place,
            "passes-signals": passesSignals,
        ]
    }

    fileprivate init(_ words: inout HelperWords) throws(Failure) {
        let (perHost, hosts): (Int?, [String]) = try (words.take("per-host"), words.take("host"))
        ranks = perHost.map { RankTagger(perHost: $0, hosts: hosts) }
        (isJSON, place, passesSignals) = try (words.take("json"), words.take("place"), words.take("passes-signals"))
    }
}

extension MetricFollower.Plan {
    fileprivate var fields: HelperWords.Fields {
        ["file": file, "agent": agentDirectory, "host": embeddedHost, "job": job, "shared": isShared]
    }

    fileprivate init(_ words: inout HelperWords) throws(Failure) {
        (file, agentDirectory) = try (words.take("file"), words.take("agent"))
        (embeddedHost, job, isShared) = try (words.take("host"), words.take("job"), words.take("shared"))
    }
}

extension PipeFeeder {
    fileprivate var fields: HelperWords.Fields {
        switch source {
        case .files(let path): ["files": path, "channel": channel, "records": wrapsRecords]
        case .augmentedManifest(let file, let attributes):
            ["manifest": file, "attribute": attributes, "channel": channel, "records": wrapsRecords]
        }
    }

    fileprivate init(_ words: inout HelperWords) throws(Failure) {
        let (manifest, attributes): (FilePath?, [String]) = try (words.take("manifest"), words.take("attribute"))
        let source: Source
        if let manifest {
            source = .augmentedManifest(manifest, attributes: attributes)
        } else {
            source = .files(try words.take("files"))
        }
        try self.init(source, channel: words.take("channel"), wrapsRecords: words.take("records"))
        guard (manifest == nil ? 0...0 : 1...FeedManifest.mostAttributes) ~= attributes.count else {
            throw words.refusal([], expected: "1 to \(FeedManifest.mostAttributes) attributes of a manifest")
        }
        if channel.lastComponent == nil { throw words.refusal([], expected: "channel=input/data/NAME") }
    }
}
