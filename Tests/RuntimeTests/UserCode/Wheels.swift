import SystemPackage
import TestSupport

#if canImport(Glibc)
import Glibc
#endif

/// Python environments to install into, and wheels to install.
enum Wheels {
    /// An environment with pip and nothing else, made once and copied for each job: no test changes what another one, or
    /// the machine's own Python, has.
    static let environment: FilePath? = {
        guard let tree = try? JobTree() else { return nil }
        let place = tree.scratch.appending("venv")
        let made = try? Command(Command.python, ["-m", "venv", place.string]).run()
        return made?.status == 0 ? place : nil
    }()

    /// Why tests are skipped that need it.
    static let missing = "Python has no venv module, or no pip for it (Debian: python3-venv)"

    /// uv, where it is on the PATH or beside the object store's server.
    static let uv: String? = {
        let found = try? Command("/bin/sh", ["-c", "command -v uv"]).run()
        let here = FilePath(#filePath).removingLastComponent().appending("../../../.build/test-venv/bin/uv")
        let places = [
            found?.outputText.split(separator: "\n").first.map(String.init), here.lexicallyNormalized().string,
        ]
        return places.compactMap(\.self).first { access($0, X_OK) == 0 }
    }()

    /// The program of most jobs here: it says whether it got what was installed.
    static let program = "import answer, os\nprint('answer', answer.value)\nassert 'PIP_INDEX_URL' not in os.environ\n"

    /// Writes the smallest wheel there is, of a package `answer` whose `value` is 42.
    static func write(_ tree: JobTree, _ directory: String) throws {
        try tree.makeDirectory(directory)
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w") as wheel:
                info = "answer-1.0.dist-info/"
                wheel.writestr("answer.py", "value = 42\\n")
                wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: answer\\nVersion: 1.0\\n")
                wheel.writestr(info + "WHEEL",
                    "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                wheel.writestr(info + "RECORD", "answer.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
            """
        let file = tree.base.appending("\(directory)/answer-1.0-py3-none-any.whl").string
        let result = try Command(Command.python, ["-c", script, file]).run()
        guard result.status == 0 else { throw Archives.Broken(text: result.errorText) }
    }

    /// A job that needs the package, in an environment of its own that has not got it.
    static func job(_ requirements: String = "answer\n") throws -> (job: PromiseJob, variables: [String: String]) {
        let job = try PromiseJob(.subreaper, program, named: "train.py")
        try job.tree.write("code/requirements.txt", requirements)
        guard let environment else { throw Archives.Broken(text: missing) }
        let own = job.tree.scratch.appending("venv").string
        let copied = try Command("/bin/cp", ["-a", environment.string, own]).run()
        guard copied.status == 0 else { throw Archives.Broken(text: copied.errorText) }
        let python = "\(own)/bin/python"
        return (job, ["TRAIN_PYTHON": python, "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0", "TRAIN_INSTALLER": "pip"])
    }
}
