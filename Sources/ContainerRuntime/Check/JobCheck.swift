import SystemPackage

/// Everything that can be known to be wrong or doubtful before a job runs: `train check`.
///
/// - It judges by the same code that a job runs on, so that both say the same.
/// - It runs nothing but the tools that count accelerators, and the program with `--help` where that is asked for; it makes
///   no file and no directory.
/// - One file a family of checks, in the order of a job; a family that an error has left without ground is not begun.
public struct JobCheck: Sendable {
    /// What was found, in the order of a job.
    public private(set) var findings: [Finding] = []

    /// Looks at a job.
    ///
    /// - Parameters:
    ///   - options: What the command line said, by setting.
    ///   - incoming: The variables that `train` would be started with.
    ///   - asksHelp: Whether the program is started with `--help`, to compare its options with the hyperparameters.
    public init(options: [RuntimeSetting: String] = [:], incoming: EnvironmentVariables, asksHelp: Bool = false) {
        let settings: RuntimeSettings
        do throws(Failure) {
            settings = try RuntimeSettings(options: options, environment: incoming)
        } catch {
            findings = [Finding(error, advice: "set it to what is expected, or leave it away")]
            return
        }
        let paths = settings.paths
        findings += ConfigurationCheck.findings(paths, incoming)
        defer {
            findings += PlacesCheck.findings(paths)
            mask(paths, incoming)
        }
        guard !hasErrors, let configuration = try? JobConfiguration.read(paths: paths, environment: incoming) else {
            return
        }
        findings += ChannelCheck.findings(configuration, paths)
        let planner = JobPlanner(job: TrainingJob(settings: settings, incoming: incoming))
        var facts: TrainingEnvironment
        do throws(Failure) {
            facts = try planner.facts(configuration)
        } catch {
            findings.append(Finding(error, advice: "mend it: the job ends before anything is started"))
            return
        }
        // What the schema refuses leaves the rest its ground.
        findings += HyperparameterCheck.findings(&facts)
        findings += facts.schemaWarnings.map {
            Finding($0, place: HyperparameterSchema.fileName, advice: "check them in the program, or leave them away")
        }
        findings += VariableCheck.findings(facts)
        findings += MachineCheck.findings(facts)
        let isThere = CodeCheck.isInPlace(planner.codeSource(configuration), paths, incoming, &findings)
        guard isThere || facts.functionName != nil else { return }
        findings += StartupHookCheck.findings(facts)
        let count = findings.count
        let program = ProgramCheck.program(facts, planner, &findings)
        findings += RequirementsCheck.findings(program, facts, planner)
        findings += InstallerCheck.findings(program, facts, planner)
        findings += CodeWordsCheck.findings(facts)
        // Words that only a plan can have wrong come last, once everything that it stands on is right.
        if !hasErrors { launch(program, facts.running(program), planner, asksHelp: asksHelp) }
        guard StartupHook.isThere(facts) else { return }
        findings.replaceSubrange(count..., with: findings[count...].map(StartupHookCheck.softened))
    }

    private mutating func launch(
        _ program: Program?,
        _ facts: TrainingEnvironment,
        _ planner: JobPlanner,
        asksHelp: Bool
    ) {
        do throws(Failure) {
            // What is doubtful about the variables has been told.
            let plan = try planner.launch(program, facts) { _ in }
            findings += plan.warnings.map {
                Finding(.warning, "launcher", $0, advice: "leave all but one of them away")
            }
            if asksHelp { findings += ArgumentCheck.findings(program, plan, facts) }
        } catch {
            findings.append(Finding(error, advice: "see docs/distributed.md for what each launcher needs"))
        }
    }

    /// Whether the job would fail.
    public var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// The status of `train check`: 1 where the job would fail.
    public var status: ExitStatus { hasErrors ? .failure : .success }

    /// Covers the secrets of the job in what was found.
    private mutating func mask(_ paths: TrainingPaths, _ incoming: EnvironmentVariables) {
        let read = try? Hyperparameters.read(paths.configuration("hyperparameters.json"))
        let mask = SecretMask(hyperparameters: read?.all ?? JSONObject(), variables: incoming)
        findings = findings.map {
            Finding($0.severity, mask.mask($0.place), mask.mask($0.problem), advice: mask.mask($0.advice))
        }
    }
}
