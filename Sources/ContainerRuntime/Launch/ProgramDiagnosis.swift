import SystemPackage

/// Why a program that is there could not be started: which file it was, and what is wrong with it.
///
/// execve(2) answers "No such file or directory" for a script whose interpreter is missing: the script is there, and the
/// file that is not has another name.
enum ProgramDiagnosis {
    /// The failure for the error that starting a step gave.
    static func failure(of step: Step, _ error: Errno) -> Failure {
        let shown = "\(step.arguments.first ?? RawString(step.executable))"
        let place = resolved(step)
        let head = (try? readFile(place, limit: 4096)) ?? []
        switch error {
        case .noSuchFileOrDirectory:
            guard let interpreter = Interpreter(head: head) else {
                guard (try? FileStatus(place)) != nil else { return Failure(.commandNotFound, shown, error) }
                return Failure(.interpreterMissing(name: "its program loader", endsInReturn: false), shown, error)
            }
            return Failure(
                .interpreterMissing(name: interpreter.path, endsInReturn: interpreter.endsInReturn),
                shown,
                error
            )
        case .permissionDenied: return Failure(.commandNotExecutable, shown, error)
        case .execFormatError: return Failure(.wrongFormat(kind: ProgramFormat.name(of: head)), shown, error)
        default: return Failure(.spawnFailed(program: shown), step.name, error)
        }
    }

    /// Whether a step's file is text, which a shell can run, and not a program for another processor.
    static func isText(_ step: Step) -> Bool {
        guard let head = try? readFile(resolved(step), limit: 4096), !head.isEmpty else { return false }
        return !head.contains(0)
    }

    /// Whether it is text without an interpreter of its own, which only a shell can run.
    static func isShellText(_ step: Step) -> Bool {
        guard isText(step), let head = try? readFile(resolved(step), limit: 4096) else { return false }
        return !head.starts(with: "#!".utf8)
    }

    /// The file of a step as we see it, who are in another working directory.
    static func resolved(_ step: Step) -> FilePath {
        guard step.executable.isRelative, let directory = step.workingDirectory else { return step.executable }
        return directory.appending(step.executable.components)
    }
}

/// The interpreter that a script names in its first line: execve(2), "Interpreter scripts".
struct Interpreter: Hashable {
    /// The file that the kernel would start.
    let path: String
    /// Its one argument, where there is one.
    let argument: String?
    /// Whether the line ends with a carriage return, which then is part of the name.
    let endsInReturn: Bool

    /// Reads the first line, or nothing where it does not begin with `#!`.
    init?(head: [UInt8]) {
        guard head.starts(with: "#!".utf8) else { return nil }
        let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        endsInReturn = line.last == UInt8(ascii: "\r")
        let text = line.filter { $0 != UInt8(ascii: "\r") }
        let words = text.split(maxSplits: 1) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let first = words.first else { return nil }
        path = String(decoding: first, as: UTF8.self)
        argument = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : nil
    }
}

/// What kind of program a file is, by its first bytes.
enum ProgramFormat {
    private static let machines: [UInt16: String] = [
        3: "x86", 8: "MIPS", 21: "POWER", 22: "S/390", 40: "32-bit Arm", 62: "x86-64", 183: "64-bit Arm", 243: "RISC-V",
        258: "LoongArch",
    ]

    /// A name for people, as in "a program for 64-bit Arm"; e_machine of elf(5).
    static func name(of head: [UInt8]) -> String {
        if head.isEmpty { return "an empty file" }
        if head.starts(with: [0x7f] + "ELF".utf8), head.count >= 20 {
            let machine =
                head[5] == 2 ? UInt16(head[18]) << 8 | UInt16(head[19]) : UInt16(head[19]) << 8 | UInt16(head[18])
            return "a program for \(machines[machine] ?? "another processor (\(machine))")"
        }
        if head.starts(with: [0xcf, 0xfa, 0xed, 0xfe]) || head.starts(with: [0xca, 0xfe, 0xba, 0xbe]) {
            return "a program for macOS"
        }
        if head.starts(with: "MZ".utf8) { return "a program for Windows" }
        return "no program"
    }
}
