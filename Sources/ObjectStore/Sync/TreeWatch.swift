import ContainerRuntime
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Tells which files below a directory were written and closed: inotify(7).
///
/// - New directories are watched as they appear, and what is in them by then is told as well.
/// - Where the kernel has no watch to give, or lost events, everything has to be looked at again: `isLossy`.
/// - Names are bytes, as the kernel has them.
final class TreeWatch {
    private let root: String
    private let descriptor: Int32
    private var directories: [Int32: [UInt8]] = [:]
    private var rootWatch: Int32?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
    /// Whether events may have been lost since this was last set back.
    var isLossy = false
    /// Whether some directory has no watch, for good.
    private(set) var isBlind = false
    /// Directories that could not be listed, with the reason.
    private(set) var unreadable: [[UInt8]: Errno] = [:]
    /// Whether the root itself is watched: not while it is gone, and not when another one has taken its place.
    var hasRoot: Bool { rootWatch != nil }

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
    func wait(atMost time: Duration) {
        var poller = Poller()
        poller.add(descriptor, .readable)
        poller.wake(at: .now + time)
        // Without memory to wait, events are looked for at once.
        _ = try? poller.wait()
    }

    /// Calls the body with the path of what is below the root.
    static func withPath<Result>(
        _ root: String,
        _ relative: [UInt8],
        _ body: (UnsafePointer<CChar>) -> Result
    )
        -> Result
    {
        let bytes = Array(root.utf8) + (relative.isEmpty ? [] : [UInt8(ascii: "/")]) + relative
        return FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0]).withPlatformString(body)
    }

    /// Watches a directory and those below it, and tells every file that is there.
    ///
    /// One directory is open at a time, however deep the tree is.
    func add(_ relative: [UInt8], _ found: ([UInt8]) -> Void) {
        var left = [relative]
        while let directory = left.popLast() {
            watch(directory)
            do {
                for (name, kind) in try entries(directory) {
                    let below = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
                    let isDirectory = kind == Int32(DT_UNKNOWN) ? isDirectory(below) : kind == Int32(DT_DIR)
                    if isDirectory { left.append(below) } else { found(below) }
                }
                unreadable[directory] = nil
            } catch .noSuchFileOrDirectory, .notDirectory {
                continue
            } catch {
                unreadable[directory] = error
            }
        }
    }

    private func watch(_ directory: [UInt8]) {
        // The root may be a link; one below it is none of our directories.
        let links = directory.isEmpty ? 0 : IN_DONT_FOLLOW
        let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVE_SELF | IN_ONLYDIR | links)
        let watch = Self.withPath(root, directory) { inotify_add_watch(descriptor, $0, mask) }
        guard watch >= 0 else {
            if errno == ENOSPC || errno == ENOMEM { isBlind = true }
            return
        }
        directories[watch] = directory
        if directory.isEmpty { rootWatch = watch }
    }

    private func entries(_ directory: [UInt8]) throws(Errno) -> [(name: [UInt8], kind: Int32)] {
        guard let stream = Self.withPath(root, directory, { opendir($0) }) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var entries: [(name: [UInt8], kind: Int32)] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return entries
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
                }
            }
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            entries.append((name, Int32(entry.pointee.d_type)))
        }
    }

    private func isDirectory(_ relative: [UInt8]) -> Bool {
        var status = stat()
        return Self.withPath(root, relative) { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Reads the events that wait.
    func read(_ found: ([UInt8]) -> Void) {
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
                handle(watch, mask, Array(name), found)
            }
        }
    }

    private func handle(_ watch: Int32, _ mask: UInt32, _ name: [UInt8], _ found: ([UInt8]) -> Void) {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { isLossy = true }
        // Under another name the root is no longer the directory that we were told; the watch would follow it.
        if watch == rootWatch, mask & UInt32(IN_IGNORED | IN_MOVE_SELF) != 0 {
            rootWatch = nil
            if mask & UInt32(IN_MOVE_SELF) != 0 { _ = inotify_rm_watch(descriptor, watch) }
        }
        if mask & UInt32(IN_IGNORED) != 0 { directories[watch] = nil }
        guard let directory = directories[watch], !name.isEmpty else { return }
        let path = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
        if mask & UInt32(IN_ISDIR) != 0 { return add(path, found) }
        // A file that was only created is still being written; its end is told by IN_CLOSE_WRITE.
        if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 { found(path) }
    }
}
