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

    /// What tells one directory from another: a link may lead to one that was counted already.
    private struct Place: Hashable {
        let device: UInt64
        let number: UInt64
    }

    init(files: Int = 0, bytes: Int = 0, isWhole: Bool = true) {
        (self.files, self.bytes, self.isWhole) = (files, bytes, isWhole)
    }

    /// Counts what a directory holds, until the deadline, and so many names at most.
    init(_ directory: FilePath, deadline: Instant, most: Int = .max) {
        var entries = 0
        var seen: Set<Place> = []
        var waiting = [directory]
        while let path = waiting.popLast() {
            guard let stream = path.withPlatformString({ opendir($0) }) else {
                isWhole = false
                continue
            }
            defer { closedir(stream) }
            guard let own = try? FileStatus(descriptor: dirfd(stream)).raw,
                seen.insert(Place(device: UInt64(own.st_dev), number: UInt64(own.st_ino))).inserted
            else { continue }
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
                entries += 1
                guard entries <= most else {
                    isWhole = false
                    return
                }
                if status.st_mode & S_IFMT == S_IFDIR {
                    // A link to a directory is counted like one: a channel may be made of them.
                    waiting.append(path.appending(component))
                } else if status.st_mode & S_IFMT == S_IFREG {
                    files += 1
                    bytes += Int(status.st_size)
                }
            }
        }
    }
}
