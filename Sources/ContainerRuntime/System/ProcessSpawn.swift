import CLinux
import SystemPackage

/// A program to start, and the surroundings that it gets.
struct ProcessSpawn {
    /// What becomes one of its descriptors 0, 1 and 2; it has no others.
    enum Stream {
        /// Ours.
        case inherited
        /// `/dev/null`.
        case nothing
        /// A descriptor of ours, which stays ours.
        case descriptor(Int32)
    }

    /// Where the process stands.
    enum Group {
        /// In our group and session: what ends us by force ends it too.
        case ours
        /// It leads a group in our session, which may get the foreground of a terminal.
        case own(foregroundOf: Int32?)
        /// It leads a session, which may open a terminal as its controlling one.
        case session(terminal: FilePath?)
    }

    var executable: FilePath
    /// All arguments, the program's own name first.
    var arguments: [RawString]
    /// All variables, as NAME=VALUE.
    var environment: [RawString]
    /// The working directory, or nil for ours.
    var workingDirectory: FilePath?
    var input = Stream.inherited
    var output = Stream.inherited
    var errors = Stream.inherited
    var group = Group.ours
    /// The signals that are blocked and ignored from its first instruction on; all others have their default.
    var signals = linux_signal_state()

    /// Starts the program.
    ///
    /// The corresponding C function is `posix_spawn`: it runs nothing of ours in the child, which after a fork of a process
    /// with threads could wait for a lock for ever.
    ///
    /// - Throws: The error of `posix_spawn`: also that of the program's `execve`.
    func start() throws(Errno) -> ProcessID {
        var request = linux_spawn_request()
        request.standard_input = input.number
        request.standard_output = output.number
        request.standard_error = errors.number
        request.signal_mask = signals.blocked
        request.ignored_signals = signals.ignored
        request.foreground_terminal = -1
        var terminal: FilePath?
        switch group {
        case .ours: break
        case .own(let foreground):
            request.new_group = 1
            request.foreground_terminal = foreground ?? -1
        case .session(let controlling):
            request.new_session = 1
            terminal = controlling
        }
        // A path that is not given is a list without a string, and so a null pointer.
        let paths = [executable, workingDirectory, terminal].map { path in path.map { [RawString($0)] } ?? [] }
        var number: Int32 = 0
        let error = RawString.withCStrings([arguments, environment] + paths) { lists in
            request.arguments = lists[0]
            request.environment = lists[1]
            request.executable = UnsafePointer(lists[2].pointee)
            request.working_directory = UnsafePointer(lists[3].pointee)
            request.controlling_terminal = UnsafePointer(lists[4].pointee)
            return linux_spawn(&request, &number)
        }
        try SystemCall.check(error)
        guard let process = ProcessID(number) else { throw .noSuchProcess }
        return process
    }
}

extension ProcessSpawn.Stream {
    /// A descriptor, or ours where there is none.
    init(_ descriptor: Int32?) { self = descriptor.map { .descriptor($0) } ?? .inherited }

    fileprivate var number: Int32 {
        switch self {
        case .inherited: LINUX_SPAWN_INHERITED
        case .nothing: LINUX_SPAWN_NOTHING
        case .descriptor(let number): number
        }
    }
}
