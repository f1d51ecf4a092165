import Logging
public import SystemPackage

/// Starts the program as one process on this host, in the code directory.
///
/// - A script as `python -- NAME ARGUMENTS`, a package as `python -m MODULE ARGUMENTS`, a command as `./NAME ARGUMENTS`.
/// - There is no shell between a hyperparameter and the program.
public enum ProcessLauncher {
    /// Plans the start of an entry point.
    ///
    /// - Parameters:
    ///   - entryPoint: What is started.
    ///   - code: The code directory.
    ///   - python: The interpreter; not looked for where none is needed.
    ///   - arguments: The program's arguments.
    ///   - environment: All variables.
    /// - Returns: The plan.
    /// - Throws: What looking for the interpreter throws.
    public static func plan(
        _ entryPoint: EntryPoint,
        code: FilePath,
        python: () throws(Failure) -> FilePath,
        arguments: [RawString],
        environment: EnvironmentVariables
    ) throws(Failure) -> LaunchPlan {
        let executable: FilePath
        let words: [RawString]
        let name = RawString(FilePath(entryPoint.name))
        switch entryPoint.kind {
        case .pythonScript:
            executable = try python()
            // What follows `--` is a file, whatever its name begins with.
            words = [RawString(executable), "--", name]
        case .pythonPackage(let module):
            executable = try python()
            words = [RawString(executable), "-m", RawString(module) ?? ""]
        case .command:
            // Relative, so that a script sees itself as "./NAME": the directory is changed before it is executed.
            executable = FilePath(".").appending(FilePath(entryPoint.name).components)
            words = [RawString(executable)]
        }
        return LaunchPlan(
            step: Step(
                name: entryPoint.name,
                executable: executable,
                arguments: words + arguments,
                environment: environment.entries,
                workingDirectory: code
            )
        )
    }

    /// Gives a command its exec bit where it has none, x where r is; where the file system refuses, the plan becomes one
    /// through the interpreter of the file's first line.
    public static func makeExecutable(_ plan: inout LaunchPlan, _ entryPoint: EntryPoint) {
        guard entryPoint.kind == .command else { return }
        let file = ProgramDiagnosis.resolved(plan.step)
        guard !FileSystem.isAccessible(file, .execute), let status = try? FileStatus(file) else { return }
        let mode = status.permissions | (status.permissions & 0o444) >> 2
        if (try? FileSystem.setPermissions(mode, of: file)) != nil, FileSystem.isAccessible(file, .execute) {
            log.info("\(entryPoint.name) had no exec bit; it has one now")
            return
        }
        // A shell would take a program's bytes for words, and tell of their syntax: that it may not be executed is the reason.
        guard ProgramDiagnosis.isText(plan.step) else { return }
        runThroughInterpreter(&plan, Interpreter(head: (try? readFile(file, limit: 4096)) ?? []))
        log.warning(
            "\(entryPoint.name) has no exec bit and cannot be given one; it runs through \(plan.step.executable)"
        )
    }

    /// The plan for a file without a `#!` line, which execve(2) refuses and every shell runs by itself.
    public static func runByShell(_ plan: inout LaunchPlan) {
        runThroughInterpreter(&plan, nil)
    }

    private static func runThroughInterpreter(_ plan: inout LaunchPlan, _ interpreter: Interpreter?) {
        let script = RawString(plan.step.executable)
        let rest = plan.step.arguments.dropFirst()
        let first = interpreter.map { [$0.path, $0.argument].compactMap(\.self) } ?? ["/bin/sh"]
        plan.step.executable = FilePath(first[0])
        plan.step.arguments = first.compactMap { RawString($0) } + [script] + rest
    }
}
