import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct ResourceSamplerTests {
    private func plan(_ tree: JobTree, _ interval: Duration? = nil) -> ResourceSampler.Plan {
        ResourceSampler.Plan(
            file: tree.base.appending("resources.jsonl"),
            interval: interval,
            model: tree.base,
            output: tree.base
        )
    }

    private func lines(_ tree: JobTree) throws -> [JSONObject] {
        try (tree.read("resources.jsonl") ?? []).split(separator: 0x0a)
            .map { try #require(try JSONReader.read(Array($0)).object) }
    }

    @Test func theFirstSampleComesAfterTheFirstIntervalAndTheFileWithIt() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let sampler = ResourceSampler(plan(tree))
        let begin = sampler.next + .milliseconds(-1_000)
        sampler.advance(at: begin + .milliseconds(900))
        #expect(!tree.exists("resources.jsonl") && sampler.finish() == nil)
        sampler.advance(at: begin + .milliseconds(1_001))
        #expect(try lines(tree).count == 1)
        #expect(sampler.next == begin + .milliseconds(2_001))
        #expect(sampler.finish() != nil)
        #expect(try lines(tree).count == 2)
    }

    /// A week makes some 22,000 samples, and an interval that was asked for stays.
    @Test func theIntervalGrowsWithTheTimeUnlessItWasAskedFor() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for (interval, expected) in [(nil, 168 * 3_600 / 3_600), (Duration.seconds(5), 5)] {
            let sampler = ResourceSampler(plan(tree, interval))
            let late = sampler.next + .seconds(168 * 3_600)
            sampler.advance(at: late)
            let next = (sampler.next - late).wholeNanoseconds
            #expect(abs(next - Int64(expected) * 1_000_000_000) < 10_000_000)
        }
    }

    @Test func countersBeginAtNothingAndProcessorsAreARate() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        func write(_ processors: Int, _ read: Int, _ memory: Int) throws {
            try tree.write("sys/fs/cgroup/cpu.stat", "usage_usec \(processors)\n")
            try tree.write("sys/fs/cgroup/io.stat", "8:0 rbytes=\(read) wbytes=0\n")
            try tree.write("sys/fs/cgroup/memory.current", "\(memory)\n")
        }
        try write(5_000_000, 700, 2_000_000)
        let sampler = ResourceSampler(plan(tree), source: ResourceSource(root: tree.base))
        let begin = sampler.next + .seconds(-1)
        try write(8_000_000, 900, 3_000_000)
        sampler.advance(at: begin + .seconds(2))
        try write(8_500_000, 100, 1_000_000)
        sampler.advance(at: begin + .seconds(4))
        let lines = try lines(tree)
        #expect(lines.map { PythonText.str($0["cpu"] ?? .null) } == ["1.5", "0.25"])
        // A device that went away took its share with it.
        #expect(lines.map { $0["read_bytes"]?.integer } == [200, 0])
        #expect(sampler.peak.memory == 3_000_000 && sampler.peak.processors == 1.5)
        #expect(lines[0]["gpus"] == nil && lines[0]["model_disk_free_bytes"]?.integer ?? 0 > 0)
    }

    @Test(
        arguments: [
            (
                "97, 12288, 81559\n3, 1, 81559\n",
                [
                    GPUUse(utilization: 97, memory: 12_288 << 20, memoryLimit: 81_559 << 20),
                    GPUUse(utilization: 3, memory: 1 << 20, memoryLimit: 81_559 << 20),
                ]
            ),
            ("[N/A], 5, [Not Supported]\n", [GPUUse(utilization: nil, memory: 5 << 20, memoryLimit: nil)]), ("", []),
        ] as [(String, [GPUUse])]
    )
    func theAnswerOfTheToolIsRead(_ text: String, _ expected: [GPUUse]) {
        #expect(GPUUse.read(Array(text.utf8)) == expected)
        #expect(GPUUse.read(json: JSONWriter.bytes(GPUUse.json(expected))) == expected)
    }
}
