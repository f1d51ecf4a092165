import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The companion may be as slow as it likes: the program is not, and no number is made up.
@Suite struct MetricsBackpressureTests {
    private func companion(of train: Int32) -> Int32? {
        ContainerRuntime.ProcessTable.descendants(of: train).first { process in
            let file = FilePath("/proc/\(process)/cmdline")
            return (try? readFile(file)).map { String(decoding: $0, as: UTF8.self).contains("\0internal\0metrics\0") }
                ?? false
        }?.rawValue
    }

    /// The companion is stopped while 24 MB are printed; what it could not take is dropped, counted, and no half of a line
    /// is read as a number.
    @Test(.timeLimit(.minutes(60)), arguments: [65_536, 100])
    func aCompanionThatSleepsHoldsNobodyUp(_ chunk: Int) throws {
        let program = """
            while [ ! -e "$ML/stopped" ]; do sleep 0.01; done
            i=0; while [ $i -lt 200 ]; do echo "value 123456789"; i=$((i+1)); done
            "$PROBE" flood 1 24000000 \(chunk) text
            i=0; while [ $i -lt 200 ]; do echo "value 123456789"; i=$((i+1)); done
            : >"$ML/printed"; while [ ! -e "$ML/awake" ]; do sleep 0.01; done; echo; echo value 123456789
            """
        let job = try PromiseJob(.subreaper, program)
        defer { job.tree.remove() }
        try job.tree.write("input/config/metric-definition-regex.json", #"{"value": "value (\\d+)"}"#)
        let running = try job.command().start()
        var stopped: Int32?
        #expect(
            running.wait { _ in
                stopped = running.trainPID().flatMap { companion(of: $0) }
                return stopped != nil && job.tree.exists("output/metrics/metrics.jsonl")
            }
        )
        let process = try #require(stopped)
        #expect(kill(process, SIGSTOP) == 0)
        try job.tree.write("stopped", "")
        // The program comes to its end although nobody reads along.
        #expect(running.wait { _ in job.tree.exists("printed") })
        #expect(kill(process, SIGCONT) == 0)
        // It writes when it has read what was there, so that there is room for the mark of what was dropped.
        #expect(running.wait { _ in job.tree.read("output/metrics/metrics.jsonl")?.isEmpty == false })
        try job.tree.write("awake", "")
        let result = running.wait()
        #expect(result.status == 0 && result.output.count >= 24_000_000)
        let text = job.tree.text("output/metrics/metrics.jsonl") ?? ""
        let values = Set(
            text.split(separator: "\n").map { line in
                (try? JSONReader.read(text: String(line)).object)??["value"]?.integer ?? -1
            }
        )
        #expect(values == [123_456_789], "\(values)")
        let last = result.errorText.split(separator: "\n").first { $0.contains("info: metrics: value ") } ?? ""
        #expect(last.contains(" bytes of the log were not looked at"), "\(result.errorText.suffix(600))")
        #expect(result.errorText.contains("warning: metrics: the program prints faster than"))
    }

    @Test(.timeLimit(.minutes(60))) func aCompanionThatDiesChangesNothing() throws {
        let job = try PromiseJob(
            .subreaper,
            "while [ ! -e \"$ML/go\" ]; do sleep 0.01; done; \"$PROBE\" flood 1 4000000 65536"
        )
        defer { job.tree.remove() }
        try job.tree.write("input/config/metric-definition-regex.json", #"{"value": "value (\\d+)"}"#)
        let running = try job.command().start()
        var process: Int32?
        #expect(
            running.wait { _ in
                process = running.trainPID().flatMap { companion(of: $0) }
                return process != nil
            }
        )
        #expect(kill(try #require(process), SIGKILL) == 0)
        try job.tree.write("go", "")
        let ending = job.ending(running.wait())
        #expect(ending.status == 0 && ending.isConsistent && ending.result.output.count == 4_000_000)
    }
}
