import Logging
import SystemPackage

/// What is seen of a run while it runs: the banner at its start, metrics from its log, samples of what it uses.
extension TrainingJob {
    /// Says where the job runs and with what, and what is doubtful about it.
    func announce(_ plan: LaunchPlan, _ program: Program, _ environment: TrainingEnvironment, _ context: JobContext) {
        guard settings.banner != .off, RuntimeLog.shared.level <= .warning else { return }
        let isFull = settings.banner == .full
        let banner = Banner(
            environment,
            plan: plan,
            program: program,
            packs: settings.packs,
            mask: context.mask,
            facts: isFull
                ? BannerFacts(environment) : BannerFacts(environment, most: 300, time: BannerFacts.shortTime)
        )
        for line in isFull ? banner.full : banner.short { log.info("\(line)") }
        for warning in banner.warnings { log.warning("\(warning)") }
    }

    /// Starts what reads along with the program, where that is asked for.
    func observe(
        _ plan: LaunchPlan,
        _ environment: TrainingEnvironment,
        _ context: JobContext
    ) -> Observation? {
        let policy = metricsPolicy(environment)
        let directory = paths.output.appending("metrics")
        OutcomeFiles.removeEarlier(["metrics.jsonl", "resources.jsonl"].map { directory.appending($0) })
        guard policy != .off else { return nil }
        let observation = Observation(context.supervisor)
        let definitions = plan.isFollower ? [] : metricDefinitions()
        if !definitions.isEmpty {
            let file = directory.appending("metrics.jsonl")
            observation.followMetrics(metricsStep(definitions, file, environment, policy))
        }
        guard settings.sampleInterval != .zero else { return observation }
        var sampling = ResourceSampler.Plan(
            file: directory.appending("resources.jsonl"),
            interval: settings.sampleInterval,
            model: paths.model,
            output: paths.output
        )
        if policy == .emf {
            sampling.embedded = EmbeddedMetrics(job: environment.jobName ?? "", host: environment.currentHost)
        }
        var watch: Step?
        if environment.machine.gpus > 0, let tool = ExecutableSearch.file("nvidia-smi", path: incoming["PATH"]),
            let file = try? context.privateDirectory().appending("gpus.json")
        {
            sampling.gpus = file
            watch = helperStep("watch of the GPUs", .gpus(file, tool: tool))
        }
        observation.sample(sampling, watchingGPUs: watch)
        return observation
    }

    /// The variable or option, else the hyperparameter of old SDKs, else files only.
    private func metricsPolicy(_ environment: TrainingEnvironment) -> MetricsPolicy {
        let asked = environment.configuration.hyperparameters["sagemaker_enable_cloudwatch_metrics"]
        return settings.metrics ?? (asked?.isTruthy == true ? .emf : .json)
    }

    /// The platform's definitions and those of the settings; what the platform says and cannot be used is a warning.
    private func metricDefinitions() -> [MetricDefinition] {
        let file = paths.configuration("metric-definition-regex.json")
        var all: [MetricDefinition] = []
        do throws(Failure) {
            all = try MetricDefinition.read(file: file)
            return try MetricDefinition.merge(all + settings.metricDefinitions, source: "metrics")
        } catch {
            log.warning("\(error); these metrics are not looked for")
            return settings.metricDefinitions
        }
    }

    private func metricsStep(
        _ definitions: [MetricDefinition],
        _ file: FilePath,
        _ environment: TrainingEnvironment,
        _ policy: MetricsPolicy
    ) -> Step {
        var plan = MetricFollower.Plan(file: file)
        plan.agentDirectory = incoming["SAGEMAKER_METRICS_DIRECTORY"].flatMap { $0 == "" ? nil : FilePath($0) }
        if policy == .emf { (plan.embeddedHost, plan.job) = (environment.currentHost, environment.jobName ?? "") }
        if let output = try? FileStatus(descriptor: 1), let errors = try? FileStatus(descriptor: 2) {
            plan.isShared = output.isSame(as: errors)
        }
        return helperStep("metrics", .metrics(definitions, plan))
    }
}
