import SystemPackage

/// Starts a framework's Python function instead of a program: `SAGEMAKER_TRAINING_MODULE=module:function`.
///
/// The bridge, a short Python program, calls the function in a supervised child and says in a file how it ended.
public enum FrameworkLauncher {
    /// Plans the call.
    ///
    /// - Parameters:
    ///   - module: The value of SAGEMAKER_TRAINING_MODULE.
    ///   - python: The interpreter.
    ///   - environment: All variables.
    ///   - report: Where the bridge writes how the function ended.
    /// - Returns: The plan; its working directory is ours, as for the toolkit's own `train`.
    static func plan(
        module: String,
        python: FilePath,
        environment: EnvironmentVariables,
        report: FilePath
    ) -> LaunchPlan {
        var environment = environment
        environment.set(RawString(FilePath(FrameworkBridge.reportVariable)), RawString(report))
        let words = FrameworkBridge.arguments(module: module).compactMap { RawString($0) }
        return LaunchPlan(
            step: Step(
                name: module,
                executable: python,
                arguments: [RawString(python)] + words,
                environment: environment.entries
            ),
            shown: "\(python) calls \(module)",
            functionReport: report
        )
    }
}
