import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct ResourcesJobTests {
    /// A program that ends when a command finds in the samples what it looks for.
    private static func until(_ command: String) -> String {
        "until \(command) \"$ML/output/metrics/resources.jsonl\" 2>/dev/null; do sleep 0.05; done"
    }

    private func lines(_ job: PromiseJob) throws -> [JSONObject] {
        try (job.tree.read("output/metrics/resources.jsonl") ?? []).split(separator: 0x0a)
            .map { try #require(try JSONReader.read(Array($0)).object) }
    }

    @Test func aJobLeavesItsSamplesAndTellsThePeak() throws {
        let job = try PromiseJob(.subreaper, Self.until("awk 'END { exit NR < 3 }'"))
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_SAMPLE_INTERVAL": "200ms"])
        #expect(ending.status == 0)
        let lines = try lines(job)
        #expect(lines.count >= 3)
        for line in lines {
            #expect(line["memory_bytes"]?.integer ?? 0 > 0 && line["memory_limit_bytes"]?.integer ?? 0 > 0)
            #expect(line["output_disk_free_bytes"]?.integer ?? 0 > 0 && (line["time"]?.double ?? 0) > 1.7e9)
        }
        #expect(ending.errors.contains("info: resources at most: memory "), "\(ending.errors)")
    }

    @Test func aShortJobIsLeftAlone() throws {
        let job = try PromiseJob(.subreaper, "true")
        defer { job.tree.remove() }
        // Shorter than an interval, which is a second where nobody says otherwise.
        let ending = try job.run(["TRAIN_SAMPLE_INTERVAL": "600s"])
        #expect(!job.tree.exists("output/metrics") && !ending.errors.contains("at most"), "\(ending.errors)")
    }

    @Test(arguments: [("TRAIN_SAMPLE_INTERVAL", "0"), ("TRAIN_METRICS", "off")])
    func samplesCanBeTurnedOff(_ variable: String, _ value: String) throws {
        let job = try PromiseJob(.subreaper, "sleep 1.3")
        defer { job.tree.remove() }
        #expect(try job.run([variable: value]).status == 0)
        #expect(!job.tree.exists("output/metrics"))
    }

    /// A tool in place of nvidia-smi: its answer is in the samples; one that hangs holds nobody up.
    @Test(.timeLimit(.minutes(60)), arguments: ["echo '42, 1024, 2048'; echo '[N/A], 1, 2048'", "sleep 600"])
    func theUseOfGPUsComesFromACompanion(_ answer: String) throws {
        let answers = answer != "sleep 600"
        let job = try PromiseJob(.subreaper, answers ? Self.until("grep -q '\"gpus\"'") : "sleep 1.2")
        defer { job.tree.remove() }
        try job.tree.write(
            "bin/nvidia-smi",
            "#!/bin/sh\n[ \"$1\" = --list-gpus ] && { echo 'GPU 0: x'; echo 'GPU 1: x'; exit 0; }\n\(answer)\n",
            mode: 0o755
        )
        let path = job.tree.base.appending("bin").string
        let ending = try job.run(["TRAIN_SAMPLE_INTERVAL": "200ms", "PATH": "\(path):/usr/bin:/bin"])
        #expect(ending.status == 0)
        let gpus = try lines(job).last?["gpus"]
        let first = JSONObject([
            ("utilization", .integer(42)), ("memory_bytes", .integer(1 << 30)),
            ("memory_limit_bytes", .integer(2 << 30)),
        ])
        let second = JSONObject([("memory_bytes", .integer(1 << 20)), ("memory_limit_bytes", .integer(2 << 30))])
        #expect(gpus == (answers ? .array([.object(first), .object(second)]) : nil))
        #expect(ending.errors.contains("a GPU 42% and 1.0 GB") == answers, "\(ending.errors)")
    }
}
