import CLinux
import Glibc
import SystemPackage

/// What a terminal is to us, and so how the program gets it.
///
/// - `none`: there is none, or it is not ours to give; the program gets a session of its own.
/// - `handedOver`: we lead its session, as PID 1 of `docker run -t` does: we leave it, and the program's own session opens it.
///   A shell then has job control, and Ctrl-C reaches the program and not us.
/// - `shared`: a shell leads its session: the program gets a group of its own in it, in the foreground where we are there,
///   and stops and goes on together with us, so that Ctrl-Z and `fg` work.
enum ControllingTerminal: Hashable {
    case none
    case handedOver(path: FilePath, descriptor: Int32)
    case shared(descriptor: Int32, inForeground: Bool)

    /// Looks at descriptors 0 to 2, and leaves the terminal where we lead its session.
    static func take() -> ControllingTerminal {
        guard let descriptor = (Int32(0)...2).first(where: { isatty($0) == 1 }) else { return .none }
        let foreground = tcgetpgrp(descriptor)
        // ENOTTY: a terminal, and not our session's.
        guard foreground >= 0 else { return .none }
        guard getsid(0) == getpid() else {
            return .shared(descriptor: descriptor, inForeground: foreground == getpgrp())
        }
        // Not /proc/self: it is opened in the child, where the descriptor may be a pseudo-terminal of ours by then.
        let path = FilePath("/proc/\(getpid())/fd/\(descriptor)")
        // One that belongs to another user, as behind gosu, cannot be opened again: the program then has it as it is.
        let again = path.withPlatformString { open($0, O_RDWR | O_NOCTTY | O_CLOEXEC) }
        guard again >= 0 else { return .none }
        close(again)
        guard linux_leave_terminal() == 0 else { return .none }
        // The kernel sends both to the group of a leader that leaves: tty_ioctl(4). They are no news for the program.
        linux_drop_signal(SIGHUP)
        linux_drop_signal(SIGCONT)
        return .handedOver(path: path, descriptor: descriptor)
    }

    /// The terminal itself, to ask for its size.
    var descriptor: Int32? {
        switch self {
        case .none: nil
        case .handedOver(_, let descriptor), .shared(let descriptor, _): descriptor
        }
    }

    /// Where a program stands that gets it.
    var group: ProcessSpawn.Group {
        switch self {
        case .none: .session(terminal: nil)
        case .handedOver(let path, _): .session(terminal: path)
        case .shared(let descriptor, let inForeground): .own(foregroundOf: inForeground ? descriptor : nil)
        }
    }

    /// Whether stops of the program are ours too.
    var followsStops: Bool {
        if case .shared = self { true } else { false }
    }

    /// Takes the foreground back after the program's end.
    func reclaim() {
        if case .shared(let descriptor, true) = self { _ = tcsetpgrp(descriptor, getpgrp()) }
    }

    /// Stops us as the program was stopped, and continues it when we are continued.
    func stop(with program: ProcessID) {
        guard case .shared(let descriptor, let inForeground) = self else { return }
        reclaim()
        // SIGSTOP cannot be blocked: this returns when the shell continues us.
        _ = kill(getpid(), SIGSTOP)
        linux_drop_signal(SIGCONT)
        // Only `fg` gives us the foreground; after `bg` it stays the shell's.
        if inForeground, tcgetpgrp(descriptor) == getpgrp() { _ = tcsetpgrp(descriptor, program.rawValue) }
        program.sendToGroup(.continue)
    }
}
