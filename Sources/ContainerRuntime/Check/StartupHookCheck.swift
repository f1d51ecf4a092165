import SystemPackage

/// `startup-hook.sh`: whether it can start, and what it makes uncertain.
enum StartupHookCheck {
    /// Names that people give it by mistake.
    private static let others = ["startup_hook.sh", "startup-hook", "startuphook.sh", "startup-hook.bash"]

    /// Whether a job runs it before everything else of the code.
    static func isThere(_ facts: TrainingEnvironment) -> Bool {
        facts.userEntryPoint != TrainingJob.startupHook && (try? FileStatus(place(facts)))?.isFile == true
    }

    static func findings(_ facts: TrainingEnvironment) -> [Finding] {
        let place = place(facts)
        guard isThere(facts) else {
            if FileSystem.isDirectory(place) {
                return [Finding(.warning, place.string, "is a directory, and is not run", advice: "make it a file")]
            }
            let names = DirectoryListing.names(facts.paths.code).filter { others.contains($0.lowercased()) }
            return names.filter { $0 != facts.userEntryPoint }.map { name in
                let place = facts.paths.code.appending(name).string
                let problem = "is not run: its name is not \(TrainingJob.startupHook)"
                return Finding(.warning, place, problem, advice: "rename it")
            }
        }
        // It needs neither an exec bit nor a first line.
        return ProgramCheck.command(place, path: facts.incoming["PATH"]).filter { $0.severity == .error }
    }

    private static func place(_ facts: TrainingEnvironment) -> FilePath {
        facts.paths.code.appending(TrainingJob.startupHook)
    }

    /// What would be an error without the hook: it may bring what is not there.
    static func softened(_ finding: Finding) -> Finding {
        guard finding.severity == .error else { return finding }
        let advice = "\(finding.advice), unless \(TrainingJob.startupHook) sees to it"
        return Finding(.warning, finding.place, finding.problem, advice: advice)
    }
}
