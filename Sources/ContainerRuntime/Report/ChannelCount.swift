import SystemPackage

/// How many files a channel holds and how large they are; nothing is opened, so that a FIFO cannot hold us.
struct ChannelCount: Equatable {
    /// Files, and links to files.
    var files = 0
    /// Their bytes.
    var bytes = 0
    /// Whether all of the directory was seen.
    var isWhole = true

    init(files: Int = 0, bytes: Int = 0, isWhole: Bool = true) {
        (self.files, self.bytes, self.isWhole) = (files, bytes, isWhole)
    }

    /// Counts what a directory holds, until the deadline, and so many names at most.
    init(_ directory: FilePath, deadline: Instant, most: Int = .max) {
        var entries = 0
        // A link may lead to a directory that was counted already.
        var seen: Set<FileNumber> = []
        var waiting = [directory]
        while let path = waiting.popLast() {
            do throws(Errno) {
                var names = try DirectoryStream(path)
                let own = try names.descriptor.status()
                guard seen.insert(own.identity).inserted else { continue }
                while let name = try names.next() {
                    guard Instant.now < deadline, entries < most, let component = name.component else {
                        isWhole = false
                        return
                    }
                    entries += 1
                    guard let status = try? FileStatus(name, in: names.descriptor, followsLinks: true) else { continue }
                    if status.isDirectory {
                        // A link to a directory is counted like one: a channel may be made of them.
                        waiting.append(path.appending(component))
                    } else if status.isFile {
                        files += 1
                        bytes += status.size
                    }
                }
            } catch {
                isWhole = false
            }
        }
    }
}
