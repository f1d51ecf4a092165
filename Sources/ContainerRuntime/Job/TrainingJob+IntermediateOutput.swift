import Logging
import SystemPackage

/// The companion that sends `output/intermediate` to S3, from before the program's start to after its end.
struct IntermediateSync {
    /// What was asked for.
    let output: IntermediateOutput
    /// The companion, once it runs.
    fileprivate(set) var companion: Companion?
    private var isFinishing = false

    init(_ output: IntermediateOutput) {
        self.output = output
    }

    /// The program has ended: from now on what is left is sent, while the model is packed.
    mutating func finishSending() {
        guard let companion, companion.ending == nil, !isFinishing else { return }
        isFinishing = true
        companion.identity.send(.terminate)
    }
}

extension TrainingJob {
    /// Makes `output/intermediate` and starts `train sync` for it, where the hyperparameter `sagemaker_s3_output` asks for it.
    func startSync(_ configuration: JobConfiguration, _ context: JobContext) {
        let directory = paths.outputIntermediate
        guard configuration.hyperparameters.text("sagemaker_s3_output") != nil else { return }
        do throws(Errno) {
            try FileSystem.makeDirectories(directory)
        } catch {
            return log.warning("\(directory): cannot be made: \(error)")
        }
        guard case .sync(let place) = context.intermediate.output else { return }
        guard !isFunction else {
            // The library has no S3: only the executable brings it.
            return log.warning(
                "\(directory) does not go to \(place): start this program with `train`, as its sagemaker_program, for that"
            )
        }
        let environment = storeEnvironment(configuration)
        var step = helperStep("train sync", .sync(directory, to: place), environment: environment)
        // A program may end before its companion has got up: its SIGTERM waits then, and is not its death.
        step.blockedSignals = [.terminate]
        do throws(Failure) {
            context.intermediate.companion = try context.supervisor.startCompanion(step, isVital: false)
            log.info("\(directory) goes to \(place) as it is written")
        } catch {
            log.warning("\(directory) does not go to \(place): \(error)")
        }
    }

    /// Waits until what was written has arrived; that it has not is a warning, since the program has done its part.
    ///
    /// Once it has been waited for, there is nothing more to wait for.
    func awaitSync(_ context: JobContext) {
        guard case .sync(let place) = context.intermediate.output, let companion = context.intermediate.companion else {
            return
        }
        context.intermediate.finishSending()
        context.intermediate.companion = nil
        let directory = paths.outputIntermediate
        guard context.supervisor.finish(companion, atMost: settings.syncTimeout, grace: settings.gracePeriod) else {
            return log.warning("\(directory): not all of it is in \(place); there was no more time to send it")
        }
        let missing = "\(directory): not all of it is in \(place)"
        switch companion.ending {
        case .exited(0): return
        case .exited(let code): log.warning("\(missing); train sync said which files and ended with \(code)")
        case .signaled(let signal, _): log.warning("\(missing); \(signal) ended train sync")
        case .notStarted, .stoppedBefore, .unkillable, nil: log.warning("\(missing)")
        }
    }
}
