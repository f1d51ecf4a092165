import SystemPackage

extension TrainingJob {
    /// Runs a Swift program as a training job: all that `train` does around a script, done around a function.
    ///
    /// The process that is started first, PID 1 in a container, supervises and never calls the function: it starts the same
    /// executable once more, and there the function runs, with the job's variables and arguments. So a crash, a signal or a
    /// thrown error ends the job as a script's would, with a failure file and the right status. Where a runtime is around it
    /// already, as when `train` has it for an entry point, the function is called at once.
    ///
    /// ```swift
    /// @main struct Trainer {
    ///     static func main() {
    ///         TrainingJob.main { environment in
    ///             let epochs = environment.hyperparameters["epochs"]?.integer ?? 10
    ///             …
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// Without arguments, and with `train` or `run`, it runs the job, and with `run --dry-run` it prints the plan; settings
    /// come from variables such as `TRAIN_GRACE_PERIOD`. It never returns.
    ///
    /// - Parameters:
    ///   - configure: Changes the job before it begins: failure patterns, the plan, settings.
    ///   - function: The training process. What it throws is the cause in the failure file; a `TrainingError` says the class
    ///     and the status too.
    public static func main(
        configure: (inout TrainingJob) -> Void = { _ in },
        _ function: (TrainingEnvironment) throws -> Void
    ) -> Never {
        let inbox: SignalInbox
        do throws(Errno) {
            inbox = try SignalInbox.take()
        } catch {
            RuntimeLog.shared.write("signals cannot be blocked: \(error)")
            CurrentProcess.exit(ExitStatus.failure.rawValue)
        }
        let incoming = EnvironmentVariables.current()
        let words = RawString.commandLine
        // Before all else: what makes the lines of the function's process has its variables too.
        if let status = HelperRequest.serve(words, inbox, incoming) { CurrentProcess.exit(status.rawValue) }
        if FunctionLauncher.isBelowRuntime(incoming) {
            inbox.giveBack()
            CurrentProcess.exit(FunctionLauncher.call(function, variables: incoming).rawValue)
        }
        let isDryRun = words == ["run", "--dry-run"]
        guard words.isEmpty || isDryRun || [["train"], ["run"]].contains(words) else {
            RuntimeLog.shared.write("usage: \(CommandLine.arguments.first ?? "program") [train]")
            CurrentProcess.exit(ExitStatus.usage.rawValue)
        }
        run(inbox: inbox, incoming: incoming, isDryRun: isDryRun) { job in
            job.isFunction = true
            configure(&job)
        }
    }

    /// Runs a job in this process, or prints what would be run, and ends it with the status of that.
    package static func run(
        options: [RuntimeSetting: String] = [:],
        inbox: SignalInbox,
        incoming: EnvironmentVariables,
        isDryRun: Bool = false,
        host: String? = nil,
        _ configure: (inout TrainingJob) -> Void
    ) -> Never {
        do throws(Failure) {
            let settings = try RuntimeSettings(options: options, environment: incoming)
            var job = TrainingJob(settings: settings, incoming: incoming)
            configure(&job)
            if isDryRun {
                let text = try PlanReport(job, host: host).text
                _ = try? FileDescriptor.standardOutput.writeAll(text.utf8)
                CurrentProcess.exit(ExitStatus.success.rawValue)
            }
            RuntimeLog.shared.format = job.settings.logFormat
            CurrentProcess.exit(job.run(under: try Supervisor(inbox: inbox)).rawValue)
        } catch {
            CurrentProcess.exit(error.tell().rawValue)
        }
    }
}
