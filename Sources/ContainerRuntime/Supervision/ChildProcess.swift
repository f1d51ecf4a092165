import CLinux
import SystemPackage

/// A process that was started for a step: always the leader of a group of its own.
struct ChildProcess {
    let identity: ProcessID

    /// Starts a step's process with the signals that the container had and descriptors 0 to 2 only.
    ///
    /// The corresponding C function is `posix_spawn`: it runs nothing of ours in the child, which after a fork of a process
    /// with threads could wait for a lock for ever.
    ///
    /// - Parameters:
    ///   - step: What is started.
    ///   - inbox: The signals that the container had.
    ///   - terminal: The terminal, and what it is to us.
    ///   - input: What becomes descriptor 0, or nil to inherit ours.
    ///   - output: What becomes descriptor 1, or nil to inherit ours.
    ///   - errors: What becomes descriptor 2, or nil to inherit ours.
    /// - Returns: The process.
    /// - Throws: The error of `posix_spawn`: also that of the program's `execve`.
    static func start(
        _ step: Step,
        inbox: SignalInbox,
        terminal: ControllingTerminal,
        input: Int32? = nil,
        output: Int32?,
        errors: Int32?
    ) throws(Errno) -> ChildProcess {
        var request = linux_spawn_request()
        request.standard_input = input ?? -1
        request.standard_output = output ?? -1
        request.standard_error = errors ?? -1
        request.signal_mask = step.blockedSignals.reduce(inbox.inherited.blocked) { $0 | 1 << UInt64($1.rawValue - 1) }
        request.ignored_signals = inbox.inherited.ignored
        request.foreground_terminal = -1
        var path: String?
        switch terminal {
        case .none: request.new_session = 1
        case .handedOver(let terminal, _):
            request.new_session = 1
            path = terminal
        case .shared(let descriptor, let inForeground):
            request.new_group = 1
            if inForeground { request.foreground_terminal = descriptor }
        }
        var number: Int32 = 0
        let error = spawn(step, path, &request, &number)
        try SystemCall.check(error)
        guard let identity = ProcessID(number) else { throw .noSuchProcess }
        return ChildProcess(identity: identity)
    }

    private static func spawn(
        _ step: Step,
        _ terminal: String?,
        _ request: inout linux_spawn_request,
        _ number: inout Int32
    ) -> Int32 {
        step.arguments.withCStrings { arguments in
            step.environment.withCStrings { environment in
                step.executable.withPlatformString { executable in
                    withOptional(step.workingDirectory) { directory in
                        withOptional(terminal.map { FilePath($0) }) { terminal in
                            arguments.withUnsafeBufferPointer { arguments in
                                environment.withUnsafeBufferPointer { environment in
                                    request.executable = executable
                                    request.arguments = arguments.baseAddress
                                    request.environment = environment.baseAddress
                                    request.working_directory = directory
                                    request.controlling_terminal = terminal
                                    return linux_spawn(&request, &number)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func withOptional<Result>(
        _ path: FilePath?,
        _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let path else { return body(nil) }
        return path.withPlatformString { body($0) }
    }
}
