import Glibc

/// The reading end of a pipe of a program, whose lines are made anew before they are passed on.
final class FilteredPipe {
    /// What makes the lines; without it they stay as they are.
    private(set) var filter: (any LineFilter)?
    private(set) var isOpen = true
    /// Where it is waited for.
    private(set) var awaited: Poller.Source?
    private let descriptor: Int32

    /// Takes the descriptor over; it is closed at the end.
    init(_ descriptor: Int32, _ filter: (any LineFilter)?) { (self.descriptor, self.filter) = (descriptor, filter) }

    deinit { if isOpen { close(descriptor) } }

    /// Has the loop wait for what the program prints, where that can be passed on.
    func add(to poller: inout Poller, isWanted: Bool = true) {
        awaited = isOpen && isWanted ? poller.add(descriptor, .readable) : nil
    }

    /// Reads what is there: how many bytes came, and what can be passed on now.
    func read() -> (count: Int, lines: [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 { return (count, filter?.take(buffer[..<count]) ?? Array(buffer[..<count])) }
        return (0, count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : finish())
    }

    /// Closes it, and gives back what is left.
    func finish() -> [UInt8] {
        guard isOpen else { return [] }
        close(descriptor)
        isOpen = false
        return filter?.finish() ?? []
    }
}
