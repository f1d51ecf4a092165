import CLinux
import Glibc
package import SystemPackage

/// Descriptors and a deadline that a loop waits for: the one place that calls ppoll(2).
///
/// A loop fills it anew for every turn, since what it waits for follows from what it knows by then. The memory stays, so that
/// a turn allocates nothing.
package struct Poller {
    /// What a descriptor is waited for; its end or an error makes it ready for either.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: Int16

        package init(rawValue: Int16) { self.rawValue = rawValue }

        package static let readable = Interest(rawValue: Int16(POLLIN))
        package static let writable = Interest(rawValue: Int16(POLLOUT))
    }

    /// A descriptor that is waited for in this turn.
    package struct Source {
        fileprivate let place: Int
    }

    private var descriptors: [pollfd] = []
    /// When the wait ends at the latest.
    package var deadline: Instant?

    package init() {}

    /// Forgets the descriptors and the deadline of the last turn.
    package mutating func reset() {
        descriptors.removeAll(keepingCapacity: true)
        deadline = nil
    }

    /// Waits for a descriptor.
    @discardableResult
    package mutating func add(_ descriptor: Int32, _ interest: Interest) -> Source {
        descriptors.append(pollfd(fd: descriptor, events: interest.rawValue, revents: 0))
        return Source(place: descriptors.count - 1)
    }

    /// Waits no longer than until a moment; of several, the first one counts.
    package mutating func wake(at moment: Instant?) {
        deadline = .first(deadline, moment)
    }

    /// Waits until a descriptor is ready or the deadline is over; a signal that is not blocked may end it early.
    ///
    /// The corresponding C function is `ppoll`.
    ///
    /// - Returns: Whether a descriptor is ready.
    /// - Throws: The error of the call, for which only the kernel's memory can be the cause.
    @discardableResult
    package mutating func wait() throws(Errno) -> Bool {
        let limit = deadline.map { max(0, ($0 - .now).wholeNanoseconds) } ?? -1
        let ready = linux_wait(&descriptors, UInt32(descriptors.count), limit)
        guard ready >= 0 else { throw Errno(rawValue: errno) }
        return ready > 0
    }

    /// Whether a descriptor is ready, as the last `wait` found it; one that was not waited for is not.
    package func isReady(_ source: Source?) -> Bool {
        guard let source, source.place < descriptors.count else { return false }
        return descriptors[source.place].revents != 0
    }
}
