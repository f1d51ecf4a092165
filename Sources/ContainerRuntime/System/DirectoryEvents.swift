import Glibc
package import SystemPackage

/// Tells what happens in directories: inotify(7).
///
/// Where the kernel has none to give, no directory can be watched.
package struct DirectoryEvents: ~Copyable {
    private let descriptor: OwnedDescriptor

    /// The number of a watch, which the kernel gives.
    package typealias Watch = Int32

    /// What can happen, and what can be said of it.
    package struct Kind: OptionSet {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// A file was closed that had been open for writing.
        package static let written = Kind(rawValue: UInt32(IN_CLOSE_WRITE))
        /// Something came from another directory, or has another name.
        package static let movedIn = Kind(rawValue: UInt32(IN_MOVED_TO))
        package static let created = Kind(rawValue: UInt32(IN_CREATE))
        /// The directory itself has another name.
        package static let renamed = Kind(rawValue: UInt32(IN_MOVE_SELF))
        /// The watch is over: its directory is gone, or it was removed.
        package static let ended = Kind(rawValue: UInt32(IN_IGNORED))
        /// More happened than the kernel keeps for us.
        package static let lost = Kind(rawValue: UInt32(bitPattern: IN_Q_OVERFLOW))
        /// It happened to a directory.
        package static let directory = Kind(rawValue: UInt32(IN_ISDIR))
    }

    /// Something that happened.
    package struct Event {
        package let watch: Watch
        package let kind: Kind
        /// To which name in the directory; empty where it happened to the directory itself.
        package let name: [UInt8]
    }

    /// The corresponding C function is `inotify_init1`.
    package init() {
        descriptor = OwnedDescriptor(inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)))
    }

    /// Whether directories can be watched.
    package var isAvailable: Bool { descriptor.rawValue >= 0 }

    /// Watches a directory.
    ///
    /// The corresponding C function is `inotify_add_watch`.
    package func add(_ directory: FilePath, _ kinds: Kind, followsLink: Bool) throws(Errno) -> Watch {
        let mask = kinds.rawValue | UInt32(IN_ONLYDIR | (followsLink ? 0 : IN_DONT_FOLLOW))
        return try SystemCall.value {
            directory.withPlatformString { inotify_add_watch(descriptor.rawValue, $0, mask) }
        }
    }

    /// The corresponding C function is `inotify_rm_watch`.
    package func remove(_ watch: Watch) {
        _ = inotify_rm_watch(descriptor.rawValue, watch)
    }

    /// Waits for events, at most so long; a signal ends it early.
    package func wait(atMost time: Duration) {
        var poller = Poller()
        poller.add(descriptor.rawValue, .readable)
        poller.wake(at: .now + time)
        // Without memory to wait, events are looked for at once.
        _ = try? poller.wait()
    }

    /// The events that wait, as many as are read at a time; none where there are no more.
    package func read() -> [Event] {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            let count = Glibc.read(descriptor.rawValue, buffer.baseAddress, buffer.count)
            var events: [Event] = []
            var place = 0
            let header = MemoryLayout<inotify_event>.size
            while place + header <= count {
                let event = buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                let end = place + header + Int(event.len)
                let name = buffer[place + header..<min(count, end)].prefix { $0 != 0 }
                events.append(Event(watch: event.wd, kind: Kind(rawValue: event.mask), name: Array(name)))
                place = end
            }
            return events
        }
    }
}
