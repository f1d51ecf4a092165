import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// How many files a channel holds and how large they are; nothing is opened, so that a FIFO cannot hold us.
struct ChannelCount: Equatable {
    /// Files, and links to files.
    var files = 0
    /// Their bytes.
    var bytes = 0
    /// Whether all of the directory was seen.
    var isWhole = true

    /// Deeper directories are not gone into.
    private static let depthLimit = 64

    init(files: Int = 0, bytes: Int = 0, isWhole: Bool = true) {
        (self.files, self.bytes, self.isWhole) = (files, bytes, isWhole)
    }

    /// Counts what a directory holds, until the deadline.
    init(_ directory: FilePath, deadline: Instant) {
        var waiting = [(path: directory, depth: 0)]
        while let (path, depth) = waiting.popLast() {
            guard let stream = path.withPlatformString({ opendir($0) }) else {
                isWhole = false
                continue
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                guard Instant.now < deadline else {
                    isWhole = false
                    return
                }
                var status = stat()
                let component = withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { name in
                        let failed = fstatat(dirfd(stream), name, &status, 0) != 0
                        return failed ? nil : FilePath.Component(platformString: name)
                    }
                }
                guard let component, component.kind == .regular else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    // A link to a directory is counted like one: a channel may be made of them. The depth ends a circle.
                    if depth < Self.depthLimit { waiting.append((path.appending(component), depth + 1)) }
                } else if status.st_mode & S_IFMT == S_IFREG {
                    files += 1
                    bytes += Int(status.st_size)
                }
            }
        }
    }
}
