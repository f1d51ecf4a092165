import SystemPackage

/// The entry point, its interpreter, its first line and its exec bits.
enum ProgramCheck {
    static func program(
        _ facts: TrainingEnvironment,
        _ planner: JobPlanner,
        _ findings: inout [Finding]
    ) -> Program? {
        let program: Program
        do throws(Failure) {
            program = try planner.program(facts)
        } catch {
            let advice =
                "name a file of \(facts.paths.code) with the hyperparameter sagemaker_program or SAGEMAKER_PROGRAM"
            findings.append(Finding(error, advice: advice))
            return nil
        }
        if case .entryPoint(let entryPoint) = program, entryPoint.kind == .command {
            let file = facts.paths.code.appending(FilePath(entryPoint.name).components)
            findings += command(file, path: facts.incoming["PATH"])
        } else {
            if let finding = python(planner) { findings.append(finding) }
            if case .entryPoint(let entryPoint) = program, entryPoint.kind == .pythonScript {
                let file = facts.paths.code.appending(FilePath(entryPoint.name).components)
                if !FileSystem.isAccessible(file, .read) {
                    findings.append(Finding(.error, file.string, "cannot be read", advice: "let this user read it"))
                }
            }
        }
        return program
    }

    /// What is wrong where no interpreter is found.
    static func python(_ planner: JobPlanner) -> Finding? {
        do throws(Failure) {
            _ = try planner.python()
            return nil
        } catch {
            return Finding(
                .error,
                "python",
                error.description,
                advice: "install it, or name one with TRAIN_PYTHON or --python"
            )
        }
    }

    /// A file that the kernel is to execute.
    static func command(_ file: FilePath, path: RawString?) -> [Finding] {
        var findings: [Finding] = []
        guard FileSystem.isAccessible(file, .read) || FileSystem.isAccessible(file, .execute) else {
            return [
                Finding(.error, file.string, "can be neither read nor executed", advice: "let this user execute it")
            ]
        }
        if !FileSystem.isAccessible(file, .execute) {
            let advice = "chmod +x it, so that it starts where the directory is read-only too"
            findings.append(Finding(.warning, file.string, "has no exec bit; the job gives it one", advice: advice))
        }
        guard let head = try? readFile(file, limit: 4096) else { return findings }
        if let interpreter = Interpreter(head: head) {
            if let finding = check(interpreter, of: file, path: path) { findings.append(finding) }
        } else if head.isEmpty {
            findings.append(Finding(.error, file.string, "is empty", advice: "write the program"))
        } else if head.contains(0) {
            if ProgramFormat.machine(of: head) != ProgramFormat.ownMachine {
                let kind = Failure(.wrongFormat(kind: ProgramFormat.name(of: head)), file.string)
                findings.append(Finding(kind, advice: "build it for this machine"))
            }
        } else {
            let returns = head.contains(UInt8(ascii: "\r"))
            let problem = "has no #! line; /bin/sh runs it\(returns ? ", and trips over its CRLF line ends" : "")"
            let advice =
                returns
                ? "save the file with LF line ends and a first line such as #!/bin/bash"
                : "begin it with a line such as #!/bin/bash"
            findings.append(Finding(returns ? .error : .warning, file.string, problem, advice: advice))
        }
        return findings
    }

    private static func check(_ interpreter: Interpreter, of file: FilePath, path: RawString?) -> Finding? {
        let missing = { (name: String) in
            Finding(
                Failure(.interpreterMissing(name: name, endsInReturn: interpreter.endsInReturn), file.string),
                advice: interpreter.endsInReturn
                    ? "dos2unix \(file.lastComponent?.string ?? "")" : "install \(name) in the image"
            )
        }
        if interpreter.endsInReturn { return missing(interpreter.path) }
        guard let name = RawString(interpreter.path), case .found = ExecutableSearch.find(name, path: path) else {
            return missing(interpreter.path)
        }
        // `#!/usr/bin/env NAME`: env is there, and what it looks for may not be.
        guard FilePath(interpreter.path).lastComponent == "env", let word = interpreter.argument?.trimmed,
            !word.hasPrefix("-"), !word.contains("="), let searched = RawString(word)
        else { return nil }
        if case .found = ExecutableSearch.find(searched, path: path) { return nil }
        return missing(word)
    }
}

extension ProgramFormat {
    /// The processor that an ELF file is for, with its class and byte order; nothing for another file.
    static func machine(of head: [UInt8]) -> [UInt8]? {
        guard head.starts(with: [0x7f] + "ELF".utf8), head.count >= 20 else { return nil }
        return [head[4], head[5], head[18], head[19]]
    }

    /// The processor that this program is for.
    static let ownMachine: [UInt8]? = (try? readFile("/proc/self/exe", limit: 64)).flatMap(machine)
}
