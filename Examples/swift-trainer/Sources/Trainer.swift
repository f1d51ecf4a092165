import ContainerRuntime
import SystemPackage

/// Trains a small neural network on handwritten digits: the whole container is this program.
@main
struct Trainer {
    static func main() {
        TrainingJob.main(configure: configure) { environment in try train(environment) }
    }

    /// What this program knows of its own failures, and what its process is started with.
    static func configure(_ job: inout TrainingJob) {
        // EX_DATAERR of sysexits(3): who started the job can tell it from a crash.
        let divergence = FailurePattern("divergence", status: ExitStatus(rawValue: 65)) { evidence in
            evidence.cause.contains("the loss is infinite") ? "A smaller learning-rate makes smaller steps" : nil
        }
        let noData = FailurePattern("no data", failureClass: FailureClass(rawValue: "DigitsDataError")) { evidence in
            evidence.cause.contains("there is no channel") ? "This trainer needs the channels train and test" : nil
        }
        job.failurePatterns.insert(contentsOf: [divergence, noData], at: 0)
        job.adjustPlan = { plan, _ in
            // One thread does all the work: malloc(3) needs one arena.
            plan.step.environment.append("MALLOC_ARENA_MAX=1")
        }
    }

    /// The training process: it resumes from the newest checkpoint, saves one an epoch, and leaves the model.
    static func train(_ environment: TrainingEnvironment) throws {
        let asked = environment.hyperparameters
        let epochs = asked["epochs"]?.integer ?? 20
        let rate = Float(asked["learning-rate"]?.double ?? 0.05)
        let examples = try Digits.read(environment.channelDirectory("train"))
        let others = try Digits.read(environment.channelDirectory("test"))

        var network = Network(inputs: 64, hidden: asked["hidden"]?.integer ?? 32, outputs: 10, seed: 7)
        let checkpoints = Checkpoints(environment)
        if let newest = checkpoints.newest(), let saved = Network(bytes: try Files.read(newest)) {
            network = saved
            say("resumed after epoch \(saved.epoch)")
        }
        while network.epoch < epochs {
            let loss = network.learn(examples, rate: rate)
            guard loss.isFinite else { throw TrainerError.diverged(epoch: network.epoch, rate: rate) }
            // One metric a line, for definitions such as 'loss=([0-9.]+);'.
            say("epoch=\(network.epoch); loss=\(loss);")
            let bytes = network.bytes
            try checkpoints.save("epoch-\(network.epoch).bin") { try Files.write(bytes, to: $0) }
            try checkpoints.keep(2)
        }
        let right = others.filter { network.guess($0.pixels) == $0.digit }.count
        say("accuracy=\(Float(right) / Float(max(1, others.count)));")
        try Files.write(network.bytes, to: environment.modelDirectory.appending("network.bin"))
    }

    /// Writes a line at once: a log that waits for a full buffer is of no use to who watches.
    static func say(_ line: String) {
        _ = try? FileDescriptor.standardOutput.writeAll("\(line)\n".utf8)
    }
}

/// What can go wrong while it learns, with the class that the failure file begins with.
enum TrainerError: TrainingError, CustomStringConvertible {
    case diverged(epoch: Int, rate: Float)
    case noExamples(FilePath)

    var failureClass: FailureClass { FailureClass(rawValue: "DigitsTrainingError") }

    var description: String {
        switch self {
        case .diverged(let epoch, let rate): "the loss is infinite in epoch \(epoch); try less than a rate of \(rate)"
        case .noExamples(let directory): "\(directory) has no CSV file of digits"
        }
    }
}
