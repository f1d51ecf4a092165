import SystemPackage

/// The commit that a directory is checked out at, read from git's own files: gitrepository-layout(5).
///
/// No git is run. Whether files differ from the commit is not looked at: the digest of the tree says what ran.
struct GitRevision: Equatable {
    /// The commit, in hexadecimal digits.
    var commit: String
    /// The branch, or nil for a detached head.
    var branch: String?

    /// How far up the repository is looked for.
    private static let mostParents = 8
    private static let limit = 1 << 20

    init(commit: String, branch: String? = nil) { (self.commit, self.branch) = (commit, branch) }

    /// The revision of the repository that holds a directory, or nil where there is none.
    init?(of directory: FilePath) {
        var directory = directory.lexicallyNormalized()
        for _ in 0..<Self.mostParents {
            if let git = Self.gitDirectory(directory.appending(".git")) {
                guard let found = Self.head(git) else { return nil }
                self = found
                return
            }
            let parent = directory.removingLastComponent()
            guard parent != directory, !parent.isEmpty else { return nil }
            directory = parent
        }
        return nil
    }

    /// The directory itself, or where the file `.git` of a worktree or submodule points to.
    private static func gitDirectory(_ path: FilePath) -> FilePath? {
        guard let status = try? FileStatus(path) else { return nil }
        if status.isDirectory { return path }
        guard status.isFile, let line = text(path), line.hasPrefix("gitdir: ") else { return nil }
        let target = FilePath(String(line.dropFirst(8)))
        return target.isAbsolute ? target : path.removingLastComponent().pushing(target).lexicallyNormalized()
    }

    private static func head(_ git: FilePath) -> GitRevision? {
        guard let head = text(git.appending("HEAD")) else { return nil }
        if isCommit(head) { return GitRevision(commit: head) }
        guard head.hasPrefix("ref: refs/"), !head.utf8.contains(0) else { return nil }
        let name = String(head.dropFirst(5))
        guard !name.split(separator: "/").contains("..") else { return nil }
        let branch = name.hasPrefix("refs/heads/") ? String(name.dropFirst(11)) : name
        // The branches of a worktree are in the repository that it belongs to.
        let common = text(git.appending("commondir")).map { shared in
            FilePath(shared).isAbsolute ? FilePath(shared) : git.pushing(FilePath(shared)).lexicallyNormalized()
        }
        for place in [git, common].compactMap(\.self) {
            if let commit = text(place.pushing(FilePath(name))), isCommit(commit) {
                return GitRevision(commit: commit, branch: branch)
            }
            if let commit = packed(place, name) { return GitRevision(commit: commit, branch: branch) }
        }
        return nil
    }

    /// A reference that `git pack-refs` took together with others: lines of commit, blank, name.
    private static func packed(_ git: FilePath, _ name: String) -> String? {
        guard let bytes = try? readFile(git.appending("packed-refs"), limit: limit * 16) else { return nil }
        let wanted = Array(" \(name)".utf8)
        for line in bytes.split(separator: 0x0a) where line.reversed().starts(with: wanted.reversed()) {
            let commit = String(decoding: line.dropLast(wanted.count), as: UTF8.self)
            if isCommit(commit) { return commit }
        }
        return nil
    }

    /// SHA-1 or SHA-256, as git writes them.
    private static func isCommit(_ text: String) -> Bool {
        let digits = text.utf8
        return (digits.count == 40 || digits.count == 64) && digits.allSatisfy(\.isLowercaseHexDigit)
    }

    /// The first line of a small regular file.
    private static func text(_ path: FilePath) -> String? {
        guard let status = try? FileStatus(path), status.isFile, let bytes = try? readFile(path, limit: limit) else {
            return nil
        }
        return String(decoding: bytes.prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
    }
}
