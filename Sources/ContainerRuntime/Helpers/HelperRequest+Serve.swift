package import Logging
import SystemPackage

extension HelperRequest {
    /// Carries out what this process was started for, where the words behind its name are a request.
    ///
    /// - Returns: The status that it ends with, or nil for other words.
    package static func serve(
        _ words: [RawString],
        _ inbox: SignalInbox,
        _ incoming: EnvironmentVariables,
        _ store: (any HelperStore)? = nil
    ) -> ExitStatus? {
        guard words.first == HelperWords.first else { return nil }
        RuntimeLog.shared.adopt(incoming.text)
        do throws(Failure) {
            return try HelperRequest(arguments: words).run(inbox, incoming, store)
        } catch {
            _ = error.tell()
            return .usage
        }
    }

    private func run(
        _ inbox: SignalInbox,
        _ incoming: EnvironmentVariables,
        _ store: (any HelperStore)?
    ) -> ExitStatus {
        // Whoever supervises another process keeps the signals.
        if case .lines = task {} else { inbox.giveBack() }
        if let parent, !endsWithParent(parent) { return .failure }
        do throws(Failure) {
            return try task.run(inbox, incoming, store)
        } catch {
            if let note { FailureNote(error).write(to: note) }
            switch task {
            case .fetch, .pack: return error.tell(namesClass: true)
            // What a job can do without.
            case .record: return error.tell(as: .warning)
            default: return error.tell()
            }
        }
    }

    /// Has this process end with its parent, as by SIGTERM: a parent that is killed ends nobody.
    ///
    /// - Returns: Whether it still is its parent.
    private func endsWithParent(_ parent: Int32) -> Bool {
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

extension Failure {
    /// Says why a command failed, whatever the level of the log is.
    ///
    /// - Returns: The status that the command ends with.
    package func tell(as level: Logger.Level = .error, namesClass: Bool = false) -> ExitStatus {
        RuntimeLog.shared.write("\(namesClass ? "\(failureClass.rawValue): " : "")\(self)", as: level)
        return exitStatus
    }
}

extension SignalInbox {
    /// Gives the signals back to this process: one that supervises nothing ends at a signal as any program does.
    ///
    /// It ends at once where they cannot be given back, which only an unknown kernel could bring about.
    package func giveBack() {
        do throws(Errno) {
            try restore()
        } catch {
            RuntimeLog.shared.write("signals cannot be given back: \(error)")
            CurrentProcess.exit(ExitStatus.failure.rawValue)
        }
    }
}
