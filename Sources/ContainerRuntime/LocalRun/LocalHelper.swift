import Logging
import SystemPackage

/// A command of `train` that does a part of the platform's work for a local run, in a session of its own.
struct LocalHelper {
    let companion: Companion
    /// What its lines in the log begin with.
    private let tag: String

    /// Starts a command, which takes `--parent` and ends with us.
    ///
    /// - Throws: `Failure` with code `spawnFailed`.
    init(
        _ command: String,
        _ words: [RawString],
        _ tag: String,
        _ output: LocalOutput,
        _ supervisor: Supervisor
    ) throws(Failure) {
        self.tag = tag
        let first = ["train", command, "--parent=\(CurrentProcess.id)"].compactMap { RawString($0) }
        let step = Step(
            name: tag,
            executable: "/proc/self/exe",
            arguments: first + words,
            environment: EnvironmentVariables.current().entries
        )
        do throws(Errno) {
            let errors = OwnedDescriptor(try output.connectErrors(tag))
            let stream = ProcessSpawn.Stream.descriptor(errors.rawValue)
            companion = try supervisor.start(step, output: stream, errors: stream)
        } catch {
            throw Failure(.spawnFailed(program: "train \(command)"), tag, error)
        }
    }

    /// Why it ended: its last line, without what every line has at its begin.
    func words(_ output: LocalOutput) -> String {
        var line = output.lastLine(of: tag)
        for prefix in ["[train] ", "error: ", "ClientError: "] where line.starts(with: prefix.utf8) {
            line.removeFirst(prefix.utf8.count)
        }
        guard line.isEmpty else { return String(decoding: line, as: UTF8.self).asOneLine.cut(toUTF8: 900) }
        return companion.ending.flatMap(EndingWords.line) ?? "it said nothing"
    }
}

extension LocalRun {
    /// Has this process end with its parent, as by SIGTERM.
    ///
    /// - Parameter parent: The parent that it had when it was started.
    /// - Returns: Whether that is still its parent.
    public static func endsWithParent(_ parent: Int32) -> Bool {
        do throws(Errno) {
            try CurrentProcess.endWithParent(parent)
        } catch .noSuchProcess {
            return false
        } catch {
            log.warning("the end of the parent will not be noticed: \(error)")
        }
        return true
    }
}
