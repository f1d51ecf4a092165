import ContainerRuntime
import SystemPackage

/// Tells which files below a directory were written and closed.
///
/// - New directories are watched as they appear, and what is in them by then is told as well.
/// - Where the kernel has no watch to give, or lost events, everything has to be looked at again: `isLossy`.
/// - Names are bytes, as the kernel has them.
final class TreeWatch {
    private let root: FilePath
    private let events = DirectoryEvents()
    private var directories: [DirectoryEvents.Watch: [UInt8]] = [:]
    private var rootWatch: DirectoryEvents.Watch?
    /// Whether events may have been lost since this was last set back.
    var isLossy = false
    /// Whether some directory has no watch, for good.
    private(set) var isBlind = false
    /// Directories that could not be listed, with the reason.
    private(set) var unreadable: [[UInt8]: Errno] = [:]
    /// Whether the root itself is watched: not while it is gone, and not when another one has taken its place.
    var hasRoot: Bool { rootWatch != nil }

    init(root: FilePath) {
        self.root = root
        isBlind = !events.isAvailable
    }

    /// Waits for events, at most so long; a signal ends it early.
    func wait(atMost time: Duration) {
        events.wait(atMost: time)
    }

    /// Where something below the root is.
    func path(_ relative: [UInt8]) -> FilePath {
        root.appending(FilePath(platformString: relative.map { CChar(bitPattern: $0) } + [0]).components)
    }

    /// Watches a directory and those below it, and tells every file that is there.
    ///
    /// One directory is open at a time, however deep the tree is.
    func add(_ relative: [UInt8], _ found: ([UInt8]) -> Void) {
        var left = [relative]
        while let directory = left.popLast() {
            watch(directory)
            do {
                for name in try DirectoryListing.components(path(directory)) {
                    let below = Self.path(directory, name.bytes)
                    // What cannot be looked at is taken for a directory, and why it cannot is found out when it is read.
                    let isDirectory = (try? FileStatus(link: path(below)))?.isDirectory ?? true
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
        do {
            // The root may be a link; one below it is none of our directories.
            let kinds: DirectoryEvents.Kind = [.written, .movedIn, .created, .renamed]
            let watch = try events.add(path(directory), kinds, followsLink: directory.isEmpty)
            directories[watch] = directory
            if directory.isEmpty { rootWatch = watch }
        } catch .noSpace, .noMemory {
            isBlind = true
        } catch {}
    }

    /// Reads the events that wait.
    func read(_ found: ([UInt8]) -> Void) {
        while true {
            let told = events.read()
            if told.isEmpty { return }
            for event in told { handle(event, found) }
        }
    }

    private func handle(_ event: DirectoryEvents.Event, _ found: ([UInt8]) -> Void) {
        if event.kind.contains(.lost) { isLossy = true }
        // Under another name the root is no longer the directory that we were told; the watch would follow it.
        if event.watch == rootWatch, !event.kind.isDisjoint(with: [.ended, .renamed]) {
            rootWatch = nil
            if event.kind.contains(.renamed) { events.remove(event.watch) }
        }
        if event.kind.contains(.ended) { directories[event.watch] = nil }
        guard let directory = directories[event.watch], !event.name.isEmpty else { return }
        let path = Self.path(directory, event.name)
        if event.kind.contains(.directory) { return add(path, found) }
        // A file that was only created is still being written; its end is told by another event.
        if !event.kind.isDisjoint(with: [.written, .movedIn]) { found(path) }
    }

    private static func path(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
        directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
    }
}
