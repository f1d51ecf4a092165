public import SystemPackage

/// Something that keeps the runtime from going on: what happened, to what, and what the system said.
///
/// - It carries data; the words are made in one place, `FailureMessage.swift`.
/// - Its class decides the first word of the failure file and the exit code: `FailureClass.swift`.
public struct Failure: Error, Hashable, Sendable {
    /// What happened.
    public let code: Code

    /// What it happened to: a path, a key, a name.
    public let subject: String

    /// What the system call said, where one was the cause.
    public let underlying: Errno?

    /// Makes a failure of a code, its subject and the system's answer.
    public init(_ code: Code, _ subject: String, _ underlying: Errno? = nil) {
        self.code = code
        self.subject = subject
        self.underlying = underlying
    }

    /// What can happen, in the order of a job.
    public enum Code: Hashable, Sendable {
        // MARK: 1. Layout

        /// A directory of the job can neither be found nor made.
        case directoryUnavailable
        /// The directory of the output is there, and the user whose number this is may not write to it.
        case outputForbidden(user: UInt32)
        /// A path that has to be a directory is something else.
        case notDirectory

        // MARK: 2. Configuration

        /// A file of the configuration is there and cannot be read.
        case configurationUnreadable
        /// A file is not JSON.
        case malformedJSON(line: Int, column: Int, expected: String)
        /// A value of the configuration has another type than the one it must have.
        case unexpectedValue(key: String, expected: String, found: String)
        /// A channel's name would lead out of input/data.
        case channelNameUnusable(name: String)
        /// A setting's value cannot be used.
        case settingUnusable(expected: String, found: String)
        /// Hyperparameters are not what the schema in the code directory asks for.
        case hyperparametersRefused([HyperparameterProblem])

        // MARK: 3. Environment

        /// A hyperparameter's name or value holds a NUL, which ends an argument.
        case containsNUL
        /// One argument is longer than the kernel takes, in bytes.
        case argumentTooLong(bytes: Int, limit: Int)
        /// All arguments and variables together are more than the kernel takes, in bytes.
        case argumentsTooLarge(bytes: Int, limit: Int)
        /// A variable that is too long could not be written to a file.
        case variableFileUnwritable

        // MARK: 4. User code

        /// No entry point is named, and none has a name that is looked for.
        case entryPointMissing(holds: [String])
        /// The entry point is not in the code directory.
        case entryPointNotFound(directory: String, holds: [String])
        /// The entry point's name or its target leaves the code directory.
        case entryPointNotAllowed(reason: String)
        /// The entry point cannot be executed.
        case entryPointNotExecutable
        /// No Python interpreter is on the path.
        case pythonMissing
        /// The installer that was asked for is not on the path.
        case installerMissing(path: String)
        /// A location of code is none that can be understood.
        case sourceNotUnderstood(expected: String)
        /// A source of code cannot be read.
        case sourceUnreadable
        /// The directory that code has to go to holds something already.
        case codeDirectoryNotEmpty(holds: [String])
        /// A file of the code, or of a channel, cannot be written.
        case codeUnwritable
        /// An archive is of no format that is read, or of none at all.
        case archiveFormatUnsupported(found: String)
        /// An archive cannot be read.
        case archiveUnreadable(reason: String)
        /// An archive ends before its end.
        case archiveTruncated
        /// A source holds no file.
        case archiveEmpty
        /// A member of an archive is not let in.
        case memberRefused(reason: String)
        /// A source brings more files than the limit.
        case tooManyEntries(limit: Int)
        /// A source brings more bytes than the limit of that name.
        case tooManyBytes(limit: Int, name: String)
        /// An archive grows out of proportion, as a gzip bomb does.
        case archiveExpands(ratio: Int)
        /// An object or a file of the web is not there.
        case objectNotFound(code: String)
        /// No object's key begins with a prefix.
        case prefixEmpty
        /// An object of a prefix is not let in.
        case objectRefused(reason: String)
        /// The list of a prefix's objects cannot be used.
        case listingUnusable(reason: String)
        /// An object became another one while it was downloaded.
        case objectChanged
        /// A store or a web server refuses.
        case storeRefused(status: Int, code: String, message: String)
        /// A server cannot be reached, or not for long enough.
        case storeUnreachable(reason: String)
        /// There are no credentials, and without them the object cannot be had.
        case credentialsMissing(places: String)
        /// Credentials are named and cannot be used.
        case credentialsUnusable(reason: String)
        /// There are neither credentials nor a network.
        case networkMissing
        /// The file of certificate authorities cannot be used.
        case certificateAuthoritiesUnreadable
        /// What came is not what the store keeps.
        case checksumWrong(name: String)
        /// Files of the intermediate output did not arrive.
        case syncIncomplete(missing: String, reason: String)
        /// The work was ended by a signal.
        case interrupted(signal: Int32)

        // MARK: 5. Launch

        /// A command is neither a file nor on PATH.
        case commandNotFound
        /// A command is there and may not be executed.
        case commandNotExecutable
        /// The interpreter that a script names in its first line is not there.
        case interpreterMissing(name: String, endsInReturn: Bool)
        /// A file is no program that this machine can run.
        case wrongFormat(kind: String)
        /// A program could not be started.
        case spawnFailed(program: String)
        /// The tool of a launcher is not in the image.
        case launcherMissing(chosenBy: String, path: String)
        /// A launcher cannot start this kind of program.
        case launcherUnsuitable(launcher: String, takes: String)
        /// An option of a launcher cannot be used.
        case launchOptionUnusable(expected: String, found: String)
        /// One word of a launcher's command line or variables is longer than the kernel takes, in bytes.
        case launchTooLarge(bytes: Int, limit: Int, hosts: Int)
        /// Names of other hosts did not resolve in time.
        case hostsUnresolved(names: [String], words: String, time: String)
        /// What the hosts need to talk to each other could not be made.
        case peersUnprepared(what: String)

        // MARK: 6. Supervision

        /// A descriptor that the loop needs could not be made.
        case loopUnavailable(call: String)

        /// The name of a checkpoint leaves its directory, or is one of the platform's.
        case checkpointNameUnusable
        /// Fewer checkpoints than one are to be kept.
        case checkpointCountUnusable
        /// Nothing was written where a checkpoint should be.
        case checkpointMissing
        /// A checkpoint could not be written or removed.
        case checkpointUnwritable
        /// The job has no channel of that name; the ones it has.
        case channelUnknown(has: [String])

        // MARK: 7. Model archive

        /// A file of the tree could not be read while it was packed.
        case packingUnreadable
        /// A file of the tree changed while it was packed.
        case packingChanged(expected: Int, found: Int)
        /// A file of the tree was written to or replaced while it was packed.
        case packingReplaced
        /// The archive could not be written: which step of it, as in `fsync`.
        case packingFailed(step: String)
        /// An archive is not as it was made: where, in bytes, and what is wrong.
        case archiveDamaged(offset: Int, reason: String)
        /// A file of an archive is not the one that its manifest lists, or only one of them has it.
        case manifestDiffers(file: String)
        /// A line of a manifest is not one of `sha256sum`.
        case manifestMalformed(line: Int)
        /// The archive would be inside the directory that it is made of.
        case packingInside

        // MARK: 8. Outcome

        /// A file of the outcome could not be written.
        case outcomeUnwritable
        /// There is no record of a run where one is looked for.
        case reportMissing
        /// A record of a run cannot be understood.
        case reportUnusable(reason: String)

        // MARK: 9. Pipe channels

        /// The FIFO of an epoch did not come; how long was waited, and what is there instead.
        case pipeMissing(waited: String, there: String)
        /// Nobody writes to the FIFO of an epoch.
        case pipeSilent(waited: String)
        /// What has the name of a FIFO is something else.
        case pipeIsFile
        /// A FIFO cannot be opened or read.
        case pipeUnreadable
        /// A stream is no RecordIO, ends within a record or has one that is too long: which one, and where in bytes.
        case recordUnusable(record: Int, offset: Int, reason: String)
        /// A stream ends within a sample of an augmented manifest, or no attributes are given.
        case sampleIncomplete(missing: [String])
        /// There is nothing to feed a channel with.
        case feedEmpty
        /// What a channel is fed with cannot be read.
        case feedUnreadable
        /// A file had another size when it was read than when its record was begun.
        case feedChanged(expected: Int, found: Int)
        /// A FIFO cannot be made or written.
        case feedUnwritable
        /// A payload is longer than a record of RecordIO can be.
        case recordTooLong(bytes: Int)
        /// A line of an augmented manifest cannot be used.
        case manifestLineUnusable(line: Int, reason: String)
    }
}
