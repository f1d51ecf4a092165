import Logging
import SystemPackage

/// What reads along with the program of a job: the companion that finds metrics, the samples of resources.
///
/// Nothing of it is needed for the job: what cannot be started is a warning.
final class Observation {
    private let supervisor: Supervisor
    private var metrics: Companion?
    private var gpus: Companion?
    private var sampler: ResourceSampler?

    /// How long the last of the output may be looked through after the program's end.
    private static let patience = Duration.seconds(5)
    private static let patienceInStop = Duration.seconds(1)

    init(_ supervisor: Supervisor) {
        self.supervisor = supervisor
    }

    /// Lets a companion look for metrics in what the program prints.
    func followMetrics(_ step: Step) {
        do throws(Failure) {
            let (companion, copies) = try supervisor.startObserver(step)
            metrics = companion
            supervisor.copies = copies
        } catch {
            log.warning("no metrics are looked for: \(error)")
        }
    }

    /// Samples resources while the program runs; where there are GPUs, a companion asks their driver.
    func sample(_ plan: ResourceSampler.Plan, watchingGPUs step: Step?) {
        var plan = plan
        do throws(Failure) {
            gpus = try step.map { step throws(Failure) in try supervisor.startCompanion(step, isVital: false) }
        } catch {
            plan.gpus = nil
            log.warning("the use of GPUs is not sampled: \(error)")
        }
        let sampler = ResourceSampler(plan)
        supervisor.task = sampler
        self.sampler = sampler
    }

    /// Ends it with the program: the last lines are looked through, the highest values are told.
    func conclude() {
        supervisor.task = nil
        if let peak = sampler?.finish() { log.info("\(peak)") }
        sampler = nil
        gpus?.identity.sendToGroup(.terminate)
        gpus = nil
        guard let copies = supervisor.copies else { return }
        supervisor.copies = nil
        for copy in [copies.output, copies.errors] { copy.end() }
        guard let metrics else { return }
        let patience = supervisor.stopCause == nil ? Self.patience : Self.patienceInStop
        if !supervisor.wait(for: metrics, atMost: patience) {
            log.warning("metrics: the end of the log was not looked through in \(patience.inSeconds)")
            metrics.identity.sendToGroup(.kill)
        }
    }
}
