import CLinux
import Glibc
import SystemPackage

/// What is read of a step's output.
public enum OutputPolicy: Hashable, Sendable {
    /// Nothing: the process inherits both streams.
    case inherit
    /// stderr, whose end tells why it failed; stdout is inherited unless it is the same file.
    case readErrors
    /// Both, since silence is watched.
    case readBoth
}

/// The streams of a step: what its process gets, and the relays that pass on what it writes.
///
/// - Where our 1 and 2 are the same file, one pipe serves both, so that the order of what is written is kept.
/// - Where one is a terminal, the process gets a pseudo-terminal of the same size, so that bars and colours work.
struct ProgramOutput {
    /// What becomes the process's descriptor 1 and 2; nil where ours is inherited.
    private(set) var output: Int32?
    private(set) var errors: Int32?
    /// The relays, that of stderr last.
    private(set) var relays: [OutputRelay] = []
    /// Pseudo-terminals and the terminals whose sizes they follow.
    private var sizes: [(from: Int32, to: Int32)] = []

    init(_ policy: OutputPolicy, copies: StreamCopies? = nil) throws(Errno) {
        guard policy != .inherit else {
            relays = [OutputRelay(linesTo: 2)]
            return
        }
        let first = try FileStatus(descriptor: 1)
        let isShared = first.isSame(as: try FileStatus(descriptor: 2))
        if policy == .readBoth, !isShared { output = try connect(1, copies?.output) }
        errors = try connect(2, copies?.errors)
        if isShared { output = errors }
    }

    /// Closes what only the process needs, after it was started.
    mutating func closeOurCopies() {
        for descriptor in Set([output, errors].compactMap(\.self)) { close(descriptor) }
        output = nil
        errors = nil
    }

    /// Gives the pseudo-terminals the sizes of the terminals; whether one changed.
    func followSizes() -> Bool {
        var changed = false
        for pair in sizes where linux_copy_terminal_size(pair.from, pair.to) == 1 { changed = true }
        return changed
    }

    /// Makes what the process writes to instead of our descriptor, with a relay to it.
    private mutating func connect(_ destination: Int32, _ copy: StreamCopy?) throws(Errno) -> Int32 {
        defer { relays.last?.copy = copy }
        var (ours, theirs) = (Int32(-1), Int32(-1))
        if isatty(destination) == 1, linux_open_pseudo_terminal(destination, &ours, &theirs) == 0 {
            sizes.append((destination, ours))
            relays.append(OutputRelay(source: ours, sourceIsPipe: false, destination: destination))
            return theirs
        }
        let pipe = try PipeEnds(large: .read)
        relays.append(OutputRelay(source: pipe.read, sourceIsPipe: true, destination: destination))
        return pipe.write
    }
}
