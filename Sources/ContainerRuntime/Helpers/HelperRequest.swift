import SystemPackage

/// A task for another process of ours, and what its parent wants of it.
package struct HelperRequest: Hashable {
    let task: HelperTask
    /// The file, in a private directory, in which the helper says why it failed; nil where nobody asks.
    let note: FilePath?
    /// The process with which the helper ends, its parent; nil where it is ended by other means.
    let parent: Int32?

    init(_ task: HelperTask, note: FilePath? = nil, parent: Int32? = nil) {
        (self.task, self.note, self.parent) = (task, note, parent)
    }

    /// The words behind the program's name.
    var arguments: [RawString] {
        var words = task.words
        words.add(["note": note, "parent": parent])
        return words.all
    }

    /// Reads the words behind the program's name.
    ///
    /// - Throws: `Failure` with code `settingUnusable` that names the task and the field.
    init(arguments: [RawString]) throws(Failure) {
        var words = try HelperWords(arguments)
        (note, parent) = try (words.take("note"), words.take("parent"))
        task = try HelperTask(&words)
        try words.finish()
    }

    /// The step in which our own executable does it.
    func step(_ name: String, executable: FilePath = "/proc/self/exe", environment: [RawString]) -> Step {
        var step = Step(name: name, executable: executable, arguments: [], environment: environment)
        replace(&step, executable)
        return step
    }

    /// Makes a step one of our own executable; its variables and its directory stay.
    func replace(_ step: inout Step, _ executable: FilePath) {
        (step.executable, step.arguments, step.note) = (executable, ["train"] + arguments, note)
    }
}

extension TrainingJob {
    /// The step of a helper; it logs as we do.
    func helperStep(
        _ name: String,
        _ task: HelperTask,
        environment: [RawString]? = nil,
        note: FilePath? = nil
    ) -> Step {
        HelperRequest(task, note: note).step(name, executable: helper, environment: environment ?? helperEnvironment)
    }
}
