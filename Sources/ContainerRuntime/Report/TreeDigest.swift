import SystemPackage

/// One number that names all files of a tree: the SHA-256 of what `sha256sum` prints for them, sorted by their paths.
///
/// Anybody can check it:
///
/// ```
/// find . -type f -not -path './.git/*' -not -path '*/__pycache__/*' -printf '%P\0' |
///     LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
/// ```
///
/// - Links count for nothing; modes, owners and times neither.
/// - What was written after a given moment is left out and counted: the program may be running already.
struct TreeDigest {
    /// The SHA-256 in hexadecimal digits; nil where the tree could not be read to its end.
    var digest: String?
    /// The files that are in it.
    var files = 0
    /// Their bytes.
    var bytes = 0
    /// Files that were left out, since they were written while the program ran.
    var changed = 0
    /// Why there is no digest.
    var problem: String?

    /// Digests a tree.
    ///
    /// - Parameters:
    ///   - directory: The tree.
    ///   - moment: Nanoseconds since 1970 of the files' clock: what was written later is left out.
    ///   - deadline: When it is given up.
    init(_ directory: FilePath, before moment: Int, deadline: Instant) {
        do throws(Failure) {
            try read(directory, moment, deadline)
        } catch {
            problem = error.description
        }
    }

    private mutating func read(_ directory: FilePath, _ moment: Int, _ deadline: Instant) throws(Failure) {
        let root = try TreeRoot(directory)
        let walk = try TreeWalk(root, links: .keep, warnings: PackingWarnings(silent: true))
        var lines: [(path: [UInt8], digest: String)] = []
        while let entry = try walk.next() {
            guard Instant.now < deadline else {
                problem = "it is too large to be read beside the program"
                return
            }
            guard case .file = entry.kind, !Self.isLeftOut(walk.path) else { continue }
            guard let (text, count) = try Self.digest(walk.path, root, before: moment, deadline) else {
                changed += 1
                continue
            }
            files += 1
            bytes += count
            lines.append((walk.path, text))
        }
        lines.sort { $0.path.lexicographicallyPrecedes($1.path) }
        var hash = SHA256()
        for line in lines {
            ManifestLine.bytes(line.digest, line.path[...]).withUnsafeBytes { hash.add($0) }
        }
        digest = hash.text()
    }

    /// What a version control and an interpreter keep for themselves.
    private static func isLeftOut(_ path: [UInt8]) -> Bool {
        let directories = path.split(separator: 0x2f).dropLast()
        return directories.first?.elementsEqual(".git".utf8) == true
            || directories.contains { $0.elementsEqual("__pycache__".utf8) }
    }

    /// The digest of one file, or nil where it was written too late.
    private static func digest(
        _ path: [UInt8],
        _ root: TreeRoot,
        before moment: Int,
        _ deadline: Instant
    ) throws(Failure) -> (String, Int)? {
        do throws(Errno) {
            // A FIFO that took the file's place must not hold us: open(2).
            let file = try root.open(path[...], [.noFollow, .nonBlocking])
            let status = try file.status()
            guard status.isFile, !status.isWritten(after: moment) else { return nil }
            var hash = SHA256()
            var count = 0
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            while Instant.now < deadline {
                let read = try file.read(into: &buffer)
                if read == 0 {
                    let now = try file.status()
                    return now.isWritten(after: moment) ? nil : (hash.text(), count)
                }
                buffer.withUnsafeBytes { hash.add(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
                count += read
            }
            throw .timedOut
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw Failure(.sourceUnreadable, root.describe(path[...]), error)
        }
    }
}

extension FileStatus {
    /// Whether its content was written after a moment, in nanoseconds since 1970.
    ///
    /// Both times have to say so: an archive may have brought a time of the future, and chmod(2) changes the other one.
    func isWritten(after moment: Int) -> Bool {
        [modified, changed].allSatisfy { time in
            // A program may set any time: the year 2262 has too many nanoseconds.
            let (nanoseconds, isTooLarge) = time.seconds.multipliedReportingOverflow(by: 1_000_000_000)
            return isTooLarge ? time.seconds > 0 : nanoseconds > moment - time.nanoseconds
        }
    }
}
