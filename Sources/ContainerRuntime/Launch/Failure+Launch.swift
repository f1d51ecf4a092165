/// What can keep a program from being started.
extension Failure.Code {
    /// No Python interpreter is on the path.
    public static let pythonMissing = Self("pythonMissing", .executeUserScript, .notFound) {
        "no Python interpreter: \($0); install python3 in the image, or name one with TRAIN_PYTHON"
    }

    /// A command is neither a file nor on PATH.
    public static let commandNotFound = Self("commandNotFound", .executeUserScript, .notFound) {
        "\"\($0)\" is not found"
    }

    /// A command is there and may not be executed.
    public static let commandNotExecutable = Self("commandNotExecutable", .executeUserScript, .cannotExecute) {
        "\"\($0)\" cannot be executed"
    }

    /// The interpreter that a script names in its first line is not there.
    public static func interpreterMissing(name: String, endsInReturn: Bool) -> Self {
        Self("interpreterMissing", .executeUserScript, .notFound) { subject in
            endsInReturn
                ? "\"\(subject)\" cannot be started: its first line ends with a carriage return (CRLF line ends), so that its "
                    + "interpreter is taken for \"\(name)\\r\"; save the file with LF line ends"
                : "\"\(subject)\" cannot be started: its interpreter \(name) is not in the image"
        }
    }

    /// A file is no program that this machine can run.
    public static func wrongFormat(kind: String) -> Self {
        Self("wrongFormat", .executeUserScript, .cannotExecute) {
            "\"\($0)\" cannot be started: it is \(kind), and this machine cannot run it"
        }
    }

    /// The tool of a launcher is not in the image.
    public static func launcherMissing(chosenBy reason: String, path: String) -> Self {
        Self("launcherMissing", .executeUserScript, .notFound) { subject in
            "\"\(subject)\" is not in the image, and \(reason) asks for it; install it"
                + (path.isEmpty ? "" : ", PATH is \(path)")
        }
    }

    /// A launcher cannot start this kind of program.
    public static func launcherUnsuitable(launcher: String, takes: String) -> Self {
        Self("launcherUnsuitable", .configuration) { "\($0): \(launcher) takes \(takes)" }
    }

    /// An option of a launcher cannot be used.
    public static func launchOptionUnusable(expected: String, found: String) -> Self {
        Self("launchOptionUnusable", .configuration) { "\"\($0)\" must be \(expected), found \"\(found)\"" }
    }

    /// One word of a launcher's command line or variables is longer than the kernel takes, in bytes.
    public static func launchTooLarge(bytes: Int, limit: Int, hosts: Int) -> Self {
        Self("launchTooLarge", .configuration) { subject in
            "\"\(subject)…\": a word of \(bytes) bytes for \(hosts) hosts is too long, the kernel takes \(limit); "
                + "use fewer hosts, or shorter names"
        }
    }
}
