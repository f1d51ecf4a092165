import SystemPackage

/// The files in input/config: each is read by itself, so that the faults of all are told at once.
enum ConfigurationCheck {
    static func findings(_ paths: TrainingPaths, _ incoming: EnvironmentVariables) -> [Finding] {
        guard FileSystem.exists(paths.base) else {
            let advice = "name the job's directory with --base-dir or SAGEMAKER_BASE_DIR"
            return [Finding(.error, paths.base.string, "there is no such directory", advice: advice)]
        }
        var findings: [Finding] = []
        func read(_ name: String, _ body: (FilePath) throws(Failure) -> Void) {
            do throws(Failure) {
                try body(paths.configuration(name))
            } catch {
                findings.append(Finding(error, advice: "mend the file: the job ends before anything is started"))
            }
        }
        read("resourceconfig.json") { (file) throws(Failure) in _ = try ResourceConfiguration.read(file) }
        read("inputdataconfig.json") { (_) throws(Failure) in _ = try InputDataConfiguration.read(paths) }
        read("hyperparameters.json") { (file) throws(Failure) in _ = try Hyperparameters.read(file) }
        guard findings.isEmpty else { return findings }
        do throws(Failure) {
            let configuration = try JobConfiguration.read(paths: paths, environment: incoming)
            return configuration.warnings.compactMap(finding)
        } catch {
            return [Finding(error, advice: "mend the file: the job ends before anything is started")]
        }
    }

    /// The channels have a family of their own.
    private static func finding(_ warning: JobWarning) -> Finding? {
        switch warning {
        case .configurationMissing(let path, _):
            Finding(warning, place: path, advice: "write it, or take what is done without it")
        case .logLevelUnusable(let source, _): Finding(warning, place: source, advice: "give it a number")
        case .configurationUnusable: Finding(warning, place: "checkpointconfig.json", advice: "mend the file")
        default: nil
        }
    }
}

/// What the hyperparameters are, against the kernel's limits and the schema that the code brings.
enum HyperparameterCheck {
    static func findings(_ facts: inout TrainingEnvironment) -> [Finding] {
        do throws(Failure) {
            let problems = try facts.takeSchema()
            return problems.map { [file = facts.schemaFile] in
                Finding(.error, $0.key, $0.description, advice: "give it a value that \(file.string) allows")
            }
        } catch {
            return [Finding(error, advice: "mend it: the job ends before anything is started")]
        }
    }
}
