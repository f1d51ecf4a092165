import SystemPackage

/// A helper that does a part of the platform's work for a local run, in a session of its own; it ends with us.
final class LocalHelper {
    let companion: Companion
    /// What its lines in the log begin with.
    private let tag: String
    /// The private directory in which it says why it failed; without one its last line says it.
    private let directory: FilePath?

    /// Starts a helper.
    ///
    /// - Throws: `Failure` with code `spawnFailed`.
    init(
        _ task: HelperTask,
        _ tag: String,
        _ output: LocalOutput,
        _ supervisor: Supervisor
    ) throws(Failure) {
        self.tag = tag
        let environment = EnvironmentVariables.current()
        let place = environment["TMPDIR"].flatMap { $0 == "" ? nil : FilePath($0) } ?? "/tmp"
        directory = try? TemporaryDirectory.make(below: place, name: "train-local")
        let request = HelperRequest(task, note: directory?.appending("failure.json"), parent: CurrentProcess.id)
        let step = request.step(tag, environment: environment.entries)
        do throws(Errno) {
            let errors = OwnedDescriptor(try output.connectErrors(tag))
            let stream = ProcessSpawn.Stream.descriptor(errors.rawValue)
            companion = try supervisor.start(step, output: stream, errors: stream)
        } catch {
            if let directory { TemporaryDirectory.discard(directory) }
            throw Failure(.spawnFailed(program: "train \(task.words.name)"), tag, error)
        }
    }

    deinit {
        if let directory { TemporaryDirectory.discard(directory) }
    }

    /// Why it ended: what it wrote, or where a signal kept it from that, its last line.
    func words(_ output: LocalOutput) -> String {
        let note = companion.step.note.flatMap { FailureNote($0) }
        let words = note?.cause ?? String(decoding: output.lastLine(of: tag), as: UTF8.self)
        guard words.isEmpty else { return words.asOneLine.cut(toUTF8: 900) }
        return companion.ending.flatMap(EndingWords.line) ?? "it said nothing"
    }
}
