import SystemPackage

/// The words of every failure, in the order of a job, to be reviewed as a text.
///
/// A message names the thing, says what is wrong and then what would be right. It ends without a full stop.
extension Failure: CustomStringConvertible {
    /// The message in one line: subject, what is wrong, what the system said.
    public var description: String {
        let words = FailureMessage.words(code, subject)
        guard let underlying else { return words }
        return "\(words): \(underlying.description)"
    }
}

private enum FailureMessage {
    static func words(_ code: Failure.Code, _ subject: String) -> String {
        switch code {
        // MARK: 1. Layout
        case .directoryUnavailable: "\(subject): the directory cannot be made"
        case .notDirectory: "\(subject): a directory is expected here"

        // MARK: 2. Configuration
        case .configurationUnreadable: "\(subject): the file cannot be read"
        case .malformedJSON(let line, let column, let expected):
            "\(subject): line \(line), column \(column): \(expected)"
        case .unexpectedValue(let key, let expected, let found):
            key.isEmpty
                ? "\(subject): \(expected) is expected, found \(found)"
                : "\(subject): \"\(key)\" must be \(expected), found \(found)"

        // MARK: 3. Environment
        case .containsNUL: "hyperparameter \"\(subject)\": its value holds a NUL, which no argument can hold; remove it"
        case .argumentTooLong(let bytes, let limit):
            "hyperparameter \"\(subject)\": an argument of \(bytes) bytes is too long, the kernel takes \(limit); "
                + "pass a file through a channel instead"
        case .argumentsTooLarge(let bytes, let limit):
            "\(subject): \(bytes) bytes together are too much, the kernel takes \(limit); "
                + "pass a file through a channel instead"

        // MARK: 4. User code
        case .entryPointMissing(let holds):
            "no entry point: neither sagemaker_program nor SAGEMAKER_PROGRAM names one, and \(subject) has no train.py, "
                + "train.sh or train; \(listing(holds))"
        case .entryPointNotFound(let holds): "entry point \"\(subject)\" is not there; \(listing(holds))"
        case .entryPointNotAllowed(let reason): "entry point \"\(subject)\" is not allowed: \(reason)"
        case .entryPointNotExecutable: "entry point \"\(subject)\" cannot be executed"
        case .pythonMissing:
            "no Python interpreter: \(subject); install python3 in the image, or name one with TRAIN_PYTHON"

        // MARK: 5. Launch
        case .spawnFailed(let program): "\(subject): \"\(program)\" could not be started"

        // MARK: 6. Supervision
        case .loopUnavailable(let call): "\(subject): \(call) failed"

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
        }
    }

    /// What a directory holds, as far as it fits in a line.
    private static func listing(_ names: [String]) -> String {
        guard !names.isEmpty else { return "the directory is empty" }
        let shown = names.prefix(12).joined(separator: ", ")
        return "the directory holds \(shown)\(names.count > 12 ? " and \(names.count - 12) more" : "")"
    }
}
