import SystemPackage

extension RunRecord {
    /// More hyperparameters make no report that anybody reads.
    private static let mostHyperparameters = 1_000
    private static let longestValue = 2_000
    private static let mostLines = 200
    private static let longestLine = 2_000

    /// The object of `report.json`, all secrets covered.
    func object(_ verdict: Verdict, _ mask: SecretMask, warnings: [String]) -> JSONObject {
        var object = JSONObject([
            ("format", .integer(1)), ("outcome", .string(verdict.outcome)),
            ("exit_code", .integer(Int(verdict.status.rawValue))),
            ("failure", verdict.report.map { Self.failure($0, mask) } ?? .null),
            ("started", started.json), ("ended", WallTime.now.json),
            ("steps", .array(steps.map { Self.step($0, mask) })),
            ("code", .object(code(mask))), ("archives", .array(archives.compactMap(Self.archive))),
            ("versions", .object(Self.versions())), ("warnings", .strings(warnings.map { mask.mask($0) })),
            ("log", .strings(Self.lines(mask.mask(tail)))),
        ])
        if let plan { object["command"] = .string(mask.mask(plan.command)) }
        guard let environment else { return object }
        object["job"] = .object(job(environment))
        object["channels"] = .object(channels(environment))
        let all = environment.configuration.hyperparameters.all
        object["hyperparameters"] = .object(Self.shown(all, mask))
        if all.count > Self.mostHyperparameters {
            object["hyperparameters_left_out"] = .integer(all.count - Self.mostHyperparameters)
        }
        if let board = environment.configuration.tensorBoard {
            object["tensorboard"] = .object(
                JSONObject([
                    ("directory", .string(board.directory.string)),
                    ("destination", board.destination.map { .string(mask.mask($0)) } ?? .null),
                ])
            )
        }
        return object
    }

    private static func failure(_ report: FailureReport, _ mask: SecretMask) -> JSONValue {
        .object(
            JSONObject([
                ("class", .string(report.failureClass.rawValue)), ("cause", .string(mask.mask(report.cause))),
                ("ending", report.ending.map { .string($0) } ?? .null),
                ("advice", report.advice.map { .string(mask.mask($0)) } ?? .null),
                ("text", .string(report.text)),
            ])
        )
    }

    private static func step(_ entry: StepEntry, _ mask: SecretMask) -> JSONValue {
        let report = entry.report
        var step = JSONObject([
            ("name", .string(mask.mask(entry.name))), ("started", entry.started.json),
            ("ended", (entry.started + report.duration).json), ("exit_code", .integer(Int(report.status.rawValue))),
            ("ending", .string(EndingWords.line(report.ending) ?? EndingWords.alone(report.ending))),
        ])
        if report.stop != nil { step["stopped"] = .bool(true) }
        return .object(step)
    }

    private func job(_ environment: TrainingEnvironment) -> JSONObject {
        var job = JSONObject([
            ("host", .string(environment.currentHost)), ("hosts", .integer(environment.hosts.count)),
            ("rank", .integer(environment.currentHostRank)),
            ("instance_type", .string(environment.currentInstanceType)),
            ("processors", .integer(environment.processors)), ("gpus", .integer(environment.gpus)),
        ])
        job["name"] = environment.jobName.map { .string($0) }
        job["entry_point"] = environment.userEntryPoint.map { .string($0) }
        job["framework_module"] = environment.frameworkModule.map { .string($0) }
        job["launcher"] = plan.map { .string($0.launcher.name) }
        return job
    }

    private func code(_ mask: SecretMask) -> JSONObject {
        var code = found["code"]?.object ?? JSONObject()
        if let codeSource {
            code["source"] = .string(mask.mask(codeSource.location))
            code["named_by"] = .string(codeSource.reason)
        }
        return code
    }

    private func channels(_ environment: TrainingEnvironment) -> JSONObject {
        let counts = found["channels"]?.object ?? JSONObject()
        return JSONObject(
            environment.inputDataConfiguration.map { name, value in
                var channel = counts[name]?.object ?? JSONObject()
                channel["mode"] = value.object?["TrainingInputMode"] ?? "File"
                return (name, .object(channel))
            }
        )
    }

    /// What `train pack` told of an archive; nothing where it made none.
    private static func archive(_ archive: Archive) -> JSONValue? {
        guard let bytes = try? readFile(archive.summary, limit: 1 << 16),
            var summary = try? JSONReader.read(bytes).object
        else { return nil }
        summary["path"] = .string(archive.path.string)
        return .object(summary)
    }

    private static func shown(_ hyperparameters: JSONObject, _ mask: SecretMask) -> JSONObject {
        JSONObject(
            hyperparameters.prefix(mostHyperparameters).map { key, value in
                let text = mask.shown(key, value.string ?? JSONWriter.text(value))
                return (key, .string(text.cut(toUTF8: longestValue)))
            }
        )
    }

    /// The last lines, as a terminal would have left them.
    private static func lines(_ tail: [UInt8]) -> [String] {
        var lines = RootCause.lines(tail).suffix(mostLines + 1)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.suffix(mostLines).map { $0.cut(toUTF8: longestLine) }
    }

    private static func versions() -> JSONObject {
        var versions = JSONObject([
            ("train", .string(RuntimeVersion.number)), ("kernel", .string(SystemName.kernelRelease)),
        ])
        let release = (try? readFile("/etc/os-release", limit: 1 << 14)) ?? []
        let mark = Array("PRETTY_NAME=".utf8)
        if let line = release.split(separator: 0x0a).first(where: { $0.starts(with: mark) }) {
            let quotes: Set<UInt8> = [0x22, 0x27]
            versions["image"] = .string(
                String(decoding: line.dropFirst(mark.count).filter { !quotes.contains($0) }, as: UTF8.self)
            )
        }
        if let driver = BannerFacts.driver("/") { versions["nvidia_driver"] = .string(driver) }
        return versions
    }
}
