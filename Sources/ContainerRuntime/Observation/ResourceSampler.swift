import Logging
import SystemPackage

/// Samples what the container uses, at the loop's own pace: a few small files of the kernel's, a line to a file.
///
/// - The first sample comes after the first interval, and the file with it: a short job is left alone.
/// - Without an interval of its own it samples every second for an hour, and then a 3,600th of the time that has passed, so
///   that a week makes 22,000 samples.
final class ResourceSampler: PeriodicTask {
    /// What is sampled beside the kernel's counters, and where it goes.
    struct Plan {
        var file: FilePath
        /// The time between samples, or nil for the one that grows.
        var interval: Duration?
        /// Directories whose disks are looked at.
        var model: FilePath
        var output: FilePath
        /// The file of the companion that watches the GPUs.
        var gpus: FilePath?
        /// Lines for CloudWatch, once a minute.
        var embedded: EmbeddedMetrics?
    }

    private let plan: Plan
    private let source: ResourceSource
    private let begin = Instant.now
    private let first: ResourceUse
    private var last: (use: ResourceUse, at: Instant)
    private var file: LineFile?
    /// Whether the model's disk is one of this machine.
    private var looksAtModel = true
    private var embeddedAt: Instant
    private(set) var peak = ResourcePeak()
    /// When the next sample is due.
    private(set) var next: Instant

    init(_ plan: Plan, source: ResourceSource = ResourceSource()) {
        self.plan = plan
        self.source = source
        first = source.read()
        last = (first, begin)
        next = begin + (plan.interval ?? .seconds(1))
        embeddedAt = begin
    }

    /// Takes a sample if one is due.
    func advance(at now: Instant) {
        guard now >= next else { return }
        guard file != nil || open(beside: .current()) else {
            next = now + .seconds(1_000_000_000)
            return
        }
        sample(at: now)
        next = now + (plan.interval ?? max(.seconds(1), (now - begin) / 3_600))
    }

    /// Takes the last sample, where there were others.
    ///
    /// - Returns: The highest values in one line for people, or nil for a job that was too short.
    func finish() -> String? {
        guard file != nil else { return nil }
        sample(at: .now)
        return peak.words
    }

    /// Looks where the disks are; false where the samples themselves would lie on another machine.
    ///
    /// The loop that samples is the one that passes signals on: it must not wait for a server.
    func open(beside mounts: MountTable) -> Bool {
        if mounts.mayHang(plan.file) {
            log.info("resources are not sampled: \(plan.file) would lie on another machine")
            return false
        }
        looksAtModel = !mounts.mayHang(plan.model)
        file = LineFile(plan.file)
        return true
    }

    private func sample(at now: Instant) {
        let use = source.read()
        let sample = self.sample(use, at: now)
        last = (use, now)
        peak.note(sample, busy: Self.difference(use.processors, first.processors), over: now - begin)
        file?.add(sample.line)
        file?.flush()
        if let problem = file?.takeProblem() { log.warning("\(problem)") }
        if let embedded = plan.embedded, now - embeddedAt >= .seconds(60) {
            embeddedAt = now
            RuntimeLog.shared.write(line: embedded.line(sample.embedded, milliseconds: sample.time))
        }
    }

    private func sample(_ use: ResourceUse, at now: Instant) -> ResourceSample {
        var sample = ResourceSample(time: WallTime.now.milliseconds)
        let elapsed = Double(max(1, (now - last.at).wholeNanoseconds))
        sample.processors = Self.difference(use.processors, last.use.processors).map { Double($0) / elapsed }
        sample.memory = use.memory
        sample.memoryLimit = source.memoryLimit
        sample.read = Self.difference(use.read, first.read)
        sample.written = Self.difference(use.written, first.written)
        sample.received = Self.difference(use.received, first.received)
        sample.sent = Self.difference(use.sent, first.sent)
        sample.sharedMemory = FileSystemUse("/dev/shm").map { $0.size - $0.free }
        sample.modelDiskFree = looksAtModel ? FileSystemUse(plan.model)?.free : nil
        sample.outputDiskFree = FileSystemUse(plan.output)?.free
        if let gpus = plan.gpus, let bytes = try? readFile(gpus, limit: 1 << 14) {
            sample.gpus = GPUUse.read(json: bytes)
        }
        return sample
    }

    /// What was added to a counter; a device that went away took its share with it.
    private static func difference(_ now: Int?, _ before: Int?) -> Int? {
        guard let now, let before else { return nil }
        return max(0, now - before)
    }
}

/// The highest values of all samples.
struct ResourcePeak: Equatable {
    private(set) var memory = 0
    private(set) var memoryLimit: Int?
    private(set) var processors = 0.0
    private(set) var averageProcessors = 0.0
    private(set) var sharedMemory = 0
    private(set) var gpuMemory = 0
    private(set) var gpuUtilization = 0
    private(set) var read = 0
    private(set) var written = 0
    private(set) var leastDisk: Int?

    mutating func note(_ sample: ResourceSample, busy: Int?, over time: Duration) {
        memory = max(memory, sample.memory ?? 0)
        memoryLimit = sample.memoryLimit
        processors = max(processors, sample.processors ?? 0)
        if let busy { averageProcessors = Double(busy) / Double(max(1, time.wholeNanoseconds)) }
        sharedMemory = max(sharedMemory, sample.sharedMemory ?? 0)
        gpuMemory = max(gpuMemory, sample.gpus.compactMap(\.memory).max() ?? 0)
        gpuUtilization = max(gpuUtilization, sample.gpus.compactMap(\.utilization).max() ?? 0)
        read = sample.read ?? read
        written = sample.written ?? written
        leastDisk = [leastDisk, sample.modelDiskFree].compactMap(\.self).min()
    }

    /// One line for people.
    var words: String {
        var parts = ["memory \(Amount.bytes(memory))"]
        if let memoryLimit { parts[0] += " of \(Amount.bytes(memoryLimit))" }
        let average = ResourceSample.hundredths(averageProcessors)
        parts.append("processors \(ResourceSample.hundredths(processors)), \(average) on average")
        if sharedMemory > 0 { parts.append("/dev/shm \(Amount.bytes(sharedMemory))") }
        if gpuMemory > 0 { parts.append("a GPU \(gpuUtilization)% and \(Amount.bytes(gpuMemory))") }
        if let leastDisk { parts.append("free disk at least \(Amount.bytes(leastDisk))") }
        return
            "resources at most: \(parts.joined(separator: "; ")); read \(Amount.bytes(read)), written \(Amount.bytes(written))"
    }
}
