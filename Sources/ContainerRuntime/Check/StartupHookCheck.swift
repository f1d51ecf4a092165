import SystemPackage

/// `startup-hook.sh`: whether it can start, and what it makes uncertain.
enum StartupHookCheck {
    /// Names that people give it by mistake.
    private static let others = ["startup_hook.sh", "startup-hook", "startuphook.sh", "startup-hook.bash"]

    static func findings(_ facts: TrainingEnvironment) -> [Finding] {
        let place = facts.paths.code.appending(StartupHook.name)
        guard StartupHook.isThere(facts) else {
            if FileSystem.isDirectory(place) {
                return [Finding(.warning, place.string, "is a directory, and is not run", advice: "make it a file")]
            }
            let names = DirectoryListing.names(facts.paths.code).filter { others.contains($0.lowercased()) }
            return names.filter { $0 != facts.userEntryPoint }.map { name in
                let place = facts.paths.code.appending(name).string
                let problem = "is not run: its name is not \(StartupHook.name)"
                return Finding(.warning, place, problem, advice: "rename it")
            }
        }
        // It needs neither an exec bit nor a first line.
        return ProgramCheck.command(place, path: facts.incoming["PATH"]).filter { $0.severity == .error }
    }

    /// What would be an error without the hook: it may bring what is not there.
    static func softened(_ finding: Finding) -> Finding {
        guard finding.severity == .error else { return finding }
        let advice = "\(finding.advice), unless \(StartupHook.name) sees to it"
        return Finding(.warning, finding.place, finding.problem, advice: advice)
    }
}
