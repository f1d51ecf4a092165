import SystemPackage

/// The script that runs before everything else of the user's.
enum StartupHook {
    static let name = "startup-hook.sh"

    /// Whether a job runs it; named as the entry point, it is that.
    static func isThere(_ environment: TrainingEnvironment) -> Bool {
        environment.userEntryPoint != name && (try? FileStatus(environment.paths.code.appending(name)))?.isFile == true
    }
}
