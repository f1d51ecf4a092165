import SystemPackage

/// The words of every failure, in the order of a job, to be reviewed as a text.
///
/// A message names the thing, says what is wrong and then what would be right. It ends without a full stop.
extension Failure: CustomStringConvertible {
    /// The message in one line: subject, what is wrong, what the system said.
    public var description: String {
        // A name of others may hold line ends, and must not pass for a line of ours.
        let words = FailureMessage.words(code, subject.asOneLine)
        guard let underlying else { return words }
        return "\(words): \(underlying.description)"
    }
}

private enum FailureMessage {
    static func words(_ code: Failure.Code, _ subject: String) -> String {
        switch code {
        // MARK: 1. Layout
        case .directoryUnavailable: "\(subject): the directory cannot be made"
        case .outputForbidden(let user):
            "\(subject): user \(user) may not write here, where the archives and the failure file belong; "
                + "change its owner or mode, or run as its owner"
        case .notDirectory: "\(subject): a directory is expected here"

        // MARK: 2. Configuration
        case .configurationUnreadable: "\(subject): the file cannot be read"
        case .malformedJSON(let line, let column, let expected):
            "\(subject): line \(line), column \(column): \(expected)"
        case .unexpectedValue(let key, let expected, let found):
            key.isEmpty
                ? "\(subject): \(expected) is expected, found \(found)"
                : "\(subject): \"\(key)\" must be \(expected), found \(found)"
        case .channelNameUnusable(let name):
            "\(subject): channel name \"\(name)\" may not be empty, \".\", \"..\" or hold a slash or a NUL; "
                + "it is the name of a directory in input/data"
        case .settingUnusable(let expected, let found): "\(subject) must be \(expected), found \"\(found)\""

        case .hyperparametersRefused(let problems):
            problems.prefix(5).map(\.description).joined(separator: "; ")
                + (problems.count > 5 ? "; and \(problems.count - 5) more" : "") + " (by \(subject))"

        // MARK: 3. Environment
        case .containsNUL:
            "hyperparameter \"\(subject)\": its name or value holds a NUL, which no argument can hold; remove it"
        case .argumentTooLong(let bytes, let limit):
            "hyperparameter \"\(subject)\": an argument of \(bytes) bytes is too long, the kernel takes \(limit); "
                + "pass a file through a channel instead"
        case .argumentsTooLarge(let bytes, let limit):
            "\(subject): \(bytes) bytes together are too much, the kernel takes \(limit); "
                + "pass a file through a channel instead"
        case .variableFileUnwritable: "\(subject): a variable that is too long cannot be written to this file"

        // MARK: 4. User code
        case .entryPointMissing(let holds):
            "no entry point: neither sagemaker_program nor SAGEMAKER_PROGRAM names one, and \(subject) has no train.py, "
                + "train.sh or train; \(holds.directoryListing)"
        case .entryPointNotFound(let directory, let holds):
            "entry point \"\(subject)\" is not in \(directory); \(holds.directoryListing)"
        case .entryPointNotAllowed(let reason): "entry point \"\(subject)\" is not allowed: \(reason)"
        case .entryPointNotExecutable: "entry point \"\(subject)\" cannot be executed"
        case .pythonMissing:
            "no Python interpreter: \(subject); install python3 in the image, or name one with TRAIN_PYTHON"

        case .installerMissing(let path):
            "\"\(subject)\" is not in the image, and TRAIN_INSTALLER asks for it; install it, or leave the choice to auto, "
                + "PATH is \(path)"
        case .sourceNotUnderstood(let expected): "\(subject): no location of code, \(expected) is expected"
        case .sourceUnreadable: "\(subject): the code cannot be read"
        case .codeDirectoryNotEmpty(let holds):
            "\(subject): code can only be brought to an empty directory; \(holds.directoryListing)"
        case .codeUnwritable: "\(subject): cannot be written"
        case .archiveFormatUnsupported(let found): "\(subject): \(found); a .tar.gz, .tar or .zip archive is expected"
        case .archiveUnreadable(let reason): "\(subject): the archive is damaged: \(reason)"
        case .archiveTruncated: "\(subject): the archive is truncated; send it again"
        case .archiveEmpty: "\(subject): there is no file in it"
        case .memberRefused(let reason): "\(subject): this member of the archive is refused: \(reason)"
        case .tooManyEntries(let limit):
            "\(subject): more than \(limit) entries; TRAIN_EXTRACT_MAX_ENTRIES is the limit of them"
        case .tooManyBytes(let limit, let name): "\(subject): more than \(limit) bytes; \(name) is the limit"
        case .archiveExpands(let ratio):
            "\(subject): the archive unpacks to more than \(ratio) times its size, as only a hostile one does"
        case .objectNotFound(let code): "\(subject): not found\(code.isEmpty ? "" : " (\(code))")"
        case .prefixEmpty: "\(subject): no object's key begins with it"
        case .objectRefused(let reason): "\(subject): this object is refused: \(reason)"
        case .listingUnusable(let reason): "\(subject): the list of its objects cannot be used: \(reason)"
        case .objectChanged: "\(subject): changed while it was downloaded; start again"
        case .storeRefused(let status, let code, let message):
            "\(subject): refused with \(status)\(code.isEmpty ? "" : " \(code)")\(message.isEmpty ? "" : ": \(message)")"
        case .storeUnreachable(let reason): "\(subject): cannot be reached: \(reason)"
        case .credentialsMissing(let places): "\(subject): refused, and there are no credentials; looked in \(places)"
        case .credentialsUnusable(let reason): "\(subject): no credentials come from it: \(reason)"
        case .networkMissing:
            "there is no network and there are no credentials, as in network isolation; looked in \(subject); "
                + "send the code through the channel \"code\""
        case .certificateAuthoritiesUnreadable: "\(subject): no certificate authority can be read from it"
        case .checksumWrong(let name): "\(subject): the \(name) checksum is wrong; what came is not what is stored"
        case .syncIncomplete(let missing, let reason): "\(subject): did not arrive: \(missing) (\(reason))"
        case .interrupted(let signal): "\(subject): ended by signal \(signal)"

        // MARK: 5. Launch
        case .commandNotFound: "\"\(subject)\" is not found"
        case .commandNotExecutable: "\"\(subject)\" cannot be executed"
        case .interpreterMissing(let name, false):
            "\"\(subject)\" cannot be started: its interpreter \(name) is not in the image"
        case .interpreterMissing(let name, true):
            "\"\(subject)\" cannot be started: its first line ends with a carriage return (CRLF line ends), so that its "
                + "interpreter is taken for \"\(name)\\r\"; save the file with LF line ends"
        case .wrongFormat(let kind): "\"\(subject)\" cannot be started: it is \(kind), and this machine cannot run it"
        case .launcherMissing(let reason, let path):
            "\"\(subject)\" is not in the image, and \(reason) asks for it; install it"
                + (path.isEmpty ? "" : ", PATH is \(path)")
        case .launcherUnsuitable(let launcher, let takes): "\(subject): \(launcher) takes \(takes)"
        case .launchOptionUnusable(let expected, let found): "\"\(subject)\" must be \(expected), found \"\(found)\""
        case .launchTooLarge(let bytes, let limit, let hosts):
            "\"\(subject)…\": a word of \(bytes) bytes for \(hosts) hosts is too long, the kernel takes \(limit); "
                + "use fewer hosts, or shorter names"
        case .hostsUnresolved(let names, let words, let time):
            "\(names.listing): no address after \(time) (\(words)); the host did not start, or its name is not "
                + "known here; TRAIN_HOST_TIMEOUT sets how long is waited"
        case .peersUnprepared(let what): "\(subject): \(what)"
        case .spawnFailed(let program): "\(subject): \"\(program)\" could not be started"

        // MARK: 6. Supervision
        case .loopUnavailable(let call): "\(subject): \(call) failed"

        case .checkpointNameUnusable:
            "\"\(subject)\" is no name for a checkpoint: a name without a directory and without .sagemaker- is expected"
        case .checkpointMissing: "\(subject): nothing was written for this checkpoint"
        case .checkpointUnwritable: "\(subject): the checkpoint cannot be written or removed"
        case .channelUnknown(let has):
            "there is no channel \"\(subject)\"; "
                + (has.isEmpty ? "the job has none" : "the channels of this job: \(has.listing)")

        // MARK: 7. Model archive
        case .packingUnreadable: "\(subject): cannot be read while it is packed"
        case .packingChanged(let expected, let found):
            "\(subject): changed while it was read, \(expected) bytes expected, \(found) found"
        case .packingReplaced:
            "\(subject): was written to or replaced while it was packed; end whatever writes to it before the job ends"
        case .packingFailed(let step): "\(subject): the archive could not be written (\(step))"
        case .archiveDamaged(let offset, let reason): "\(subject): damaged at byte \(offset): \(reason)"
        case .manifestDiffers(let file): "\(subject): the manifest and the archive differ in \"\(file)\""
        case .manifestMalformed(let line):
            "\(subject): line \(line) is not a line of sha256sum, 64 hexadecimal digits, two blanks and a name"
        case .packingInside: "\(subject): the archive is inside the directory that it is made of"

        // MARK: 8. Outcome
        case .outcomeUnwritable: "\(subject): cannot be written"
        case .reportMissing:
            "\(subject): no report of a run is here; a job leaves report.json in output, unless TRAIN_REPORT is none"
        case .reportUnusable(let reason): "\(subject): no report of a run: \(reason)"

        // MARK: 9. Pipe channels
        case .pipeMissing(let waited, let there): "\(subject): no such FIFO within \(waited); \(there)"
        case .pipeSilent(let waited): "\(subject): nothing was written within \(waited)"
        case .pipeIsFile: "\(subject) is no FIFO; is the channel's TrainingInputMode Pipe?"
        case .pipeUnreadable: "\(subject): the FIFO cannot be read"
        case .recordUnusable(let record, let offset, let reason):
            "\(subject): record \(record) at byte \(offset): \(reason)"
        case .sampleIncomplete(let missing):
            missing.isEmpty
                ? "\(subject): the attributes of the augmented manifest are needed, in the order of AttributeNames"
                : "\(subject): the stream ends within a sample: \(missing.joined(separator: ", ")) not there"
        case .feedEmpty: "\(subject): there is no file in it; the platform refuses a channel without objects"
        case .feedUnreadable: "\(subject): cannot be read for its channel"
        case .feedChanged(let expected, let found):
            "\(subject): changed while it was fed, \(expected) bytes expected, \(found) found"
        case .feedUnwritable: "\(subject): the FIFO cannot be made or written"
        case .recordTooLong(let bytes):
            "\(subject): \(bytes) bytes are too long for a record, at most \(RecordIO.lengthLimit) fit"
        case .manifestLineUnusable(let line, let reason): "\(subject): line \(line): \(reason)"
        }
    }
}
