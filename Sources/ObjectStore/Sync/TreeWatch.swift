import ContainerRuntime
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Tells which files below a directory were written and closed: inotify(7).
///
/// - New directories are watched as they appear, and what is in them by then is told as well.
/// - Where the kernel has no watch to give, or lost events, everything has to be looked at again: `isLossy`.
final class TreeWatch {
    private let root: String
    private let descriptor: Int32
    private var directories: [Int32: String] = [:]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
    /// Whether events may have been lost since this was last set back.
    var isLossy = false
    /// Whether some directory has no watch, for good.
    private(set) var isBlind = false

    init(root: String) {
        self.root = root
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        isBlind = descriptor < 0
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        buffer.deallocate()
    }

    /// Waits for events, at most so long; a signal ends it early.
    func wait(milliseconds: Int32) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = Glibc.poll(&poll, 1, milliseconds)
    }

    /// Watches a directory and those below it, and tells every file that is there.
    func add(_ relative: String, _ found: (String) -> Void) {
        let path = relative.isEmpty ? root : "\(root)/\(relative)"
        let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR | IN_DONT_FOLLOW)
        let watch = inotify_add_watch(descriptor, path, mask)
        if watch >= 0 { directories[watch] = relative } else if errno == ENOSPC || errno == ENOMEM { isBlind = true }
        guard let stream = opendir(path) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let kind = Int32(entry.pointee.d_type)
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let below = relative.isEmpty ? name : "\(relative)/\(name)"
            if kind == Int32(DT_DIR) || (kind == Int32(DT_UNKNOWN) && isDirectory("\(root)/\(below)")) {
                add(below, found)
            } else {
                found(below)
            }
        }
    }

    private func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Reads the events that wait.
    func read(_ found: (String) -> Void) {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { return }
            var place = 0
            while place + 16 <= count {
                let watch = buffer.loadUnaligned(fromByteOffset: place, as: Int32.self)
                let mask = buffer.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)
                let length = Int(buffer.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
                let name = buffer[place + 16..<min(count, place + 16 + length)].prefix { $0 != 0 }
                place += 16 + length
                handle(watch, mask, String(decoding: name, as: UTF8.self), found)
            }
        }
    }

    private func handle(_ watch: Int32, _ mask: UInt32, _ name: String, _ found: (String) -> Void) {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { isLossy = true }
        if mask & UInt32(IN_IGNORED) != 0 { directories[watch] = nil }
        guard let directory = directories[watch], !name.isEmpty else { return }
        let path = directory.isEmpty ? name : "\(directory)/\(name)"
        if mask & UInt32(IN_ISDIR) != 0 { return add(path, found) }
        // A file that was only created is still being written; its end is told by IN_CLOSE_WRITE.
        if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 { found(path) }
    }
}
