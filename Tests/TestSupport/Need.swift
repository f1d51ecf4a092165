public import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Something that a machine may lack, and that some cases cannot do without.
public enum Need: String, Sendable, CaseIterable {
    /// `unshare --pid --mount-proc`: root, or user namespaces for everybody. Docker's default profile forbids both.
    case pidNamespaces = "PID namespaces (run as root, or allow user namespaces)"
    /// `unshare --mount` and a tmpfs in it: the same rights.
    case mounts = "mount namespaces (run as root, or allow user namespaces)"
    /// `unshare --net`: a network of its own with nothing in it, as `--network none` and network isolation have it.
    case networkNamespaces = "network namespaces (run as root, or allow user namespaces)"
    /// strace(1), and the right to trace a child.
    case strace = "strace, and ptrace allowed"
    /// A memory cgroup that this user may make groups in, of version 1 or 2.
    case memoryGroup = "a writable memory cgroup"
    /// A freezer of version 1: what is frozen there survives SIGKILL until it thaws.
    case freezer = "a writable cgroup v1 freezer"
    /// The user is root, for what only root can provoke.
    case root = "root"
    /// Chromium, without a display.
    case chromium = "chromium"
    /// git(1), to compare with.
    case git = "git"
    /// tini(1), to compare with.
    case tini = "tini"

    /// Whether this machine has it; asked once.
    public var isMet: Bool { Self.met[self] ?? false }

    private static let met: [Need: Bool] = {
        var answers: [Need: Bool] = [:]
        for need in allCases { answers[need] = need.isThere }
        return answers
    }()

    private var isThere: Bool {
        switch self {
        case .pidNamespaces: succeeds(Command.namespaceOptions + ["--pid", "--fork", "--mount-proc", "/bin/true"])
        case .mounts:
            succeeds(Command.namespaceOptions + ["--mount", "/bin/sh", "-c", "mount -t tmpfs -o size=64k none /mnt"])
        case .networkNamespaces: succeeds(Command.namespaceOptions + ["--net", "/bin/true"])
        case .strace: (try? Command("/usr/bin/strace", ["-o", "/dev/null", "/bin/true"]).run())?.status == 0
        case .memoryGroup: MemoryGroup.parent != nil
        case .freezer: access("/sys/fs/cgroup/freezer", W_OK) == 0
        case .root: geteuid() == 0
        case .chromium: access(Browser.executable, X_OK) == 0
        case .git: access("/usr/bin/git", X_OK) == 0
        case .tini: access("/usr/bin/tini", X_OK) == 0
        }
    }

    private func succeeds(_ options: [String]) -> Bool {
        (try? Command(Command.unshare, options).run())?.status == 0
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the case where the machine lacks what it needs, and says what that is.
    public static func requires(_ need: Need) -> Self {
        .enabled(if: need.isMet, "needs \(need.rawValue)")
    }
}
