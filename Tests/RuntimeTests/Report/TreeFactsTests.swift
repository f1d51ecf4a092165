import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What is found out about code and channels.
@Suite(.timeLimit(.minutes(60))) struct TreeFactsTests {
    /// The command of the documentation, run by strangers.
    private static let byStrangers = """
        find . -type f -not -path './.git/*' -not -path '*/__pycache__/*' -printf '%P\\0' |
            LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
        """

    private func sum(_ tree: JobTree) throws -> String {
        let command = Command.shell("cd '\(tree.base)/code' && \(Self.byStrangers)")
        return String(try command.run().outputText.prefix(64))
    }

    private func digest(_ tree: JobTree, before moment: Int = WallTime.ofFiles) -> TreeDigest {
        TreeDigest(tree.base.appending("code"), before: moment, deadline: .now + .seconds(60))
    }

    /// Waits until the clock that files are stamped with has passed what is written now: it ticks every few milliseconds, and
    /// since Linux 6.13 a file may have a time between two ticks.
    private func awaitTick() {
        let moment = readClock(CLOCK_REALTIME)
        while WallTime.ofFiles <= moment { usleep(1_000) }
    }

    @Test func theDigestIsTheOneThatStrangersCompute() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "print(1)\n")
        try tree.write("code/a/b.py", "")
        try tree.write("code/a-b", [0, 255, 10])
        try tree.write("code/a/with space and \"quotes\"", "x")
        try tree.write("code/a/back\\slash", "x")
        try tree.write("code/a/é", String(repeating: "long", count: 100_000))
        try tree.write("code/a/__pycache__/b.pyc", "not this")
        try tree.write("code/.git/HEAD", "nor this")
        try tree.write("code/a/.git/HEAD", "but this")
        _ = symlink("train.py", tree.base.appending("code/link").string)
        awaitTick()
        let digest = digest(tree)
        #expect(digest.digest == (try sum(tree)))
        #expect(digest.files == 7)
        #expect(digest.problem == nil && digest.changed == 0)
    }

    @Test func whatIsWrittenLaterIsLeftOutAndCounted() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "print(1)\n")
        awaitTick()
        let moment = WallTime.ofFiles
        let before = try sum(tree)
        awaitTick()
        try tree.write("code/checkpoint", "new")
        // A mode that changes is no content that changes, and a time of the future was in the archive.
        chmod(tree.base.appending("code/train.py").string, 0o755)
        let digest = digest(tree, before: moment)
        #expect(digest.digest == before)
        #expect(digest.changed == 1)
    }

    @Test func aTreeThatCannotBeReadHasNoDigest() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let digest = digest(tree)
        #expect(digest.digest == nil)
        #expect(digest.problem?.contains("code") == true)
        try tree.write("code/a", "a")
        let late = TreeDigest(tree.base.appending("code"), before: WallTime.ofFiles, deadline: .now)
        #expect(late.digest == nil && late.problem != nil)
    }

    @Test func aFIFOIsNeitherOpenedNorCounted() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("data/a", "12345")
        try tree.write("data/deep/b", "123")
        mkfifo(tree.base.appending("data/pipe_0").string, 0o600)
        _ = symlink("..", tree.base.appending("data/deep/circle").string)
        let count = ChannelCount(tree.base.appending("data"), deadline: .now + .seconds(60))
        #expect(count == ChannelCount(files: 2, bytes: 8))
        #expect(!ChannelCount(tree.base.appending("data"), deadline: .now).isWhole)
        #expect(!ChannelCount(tree.base.appending("missing"), deadline: .now + .seconds(1)).isWhole)
    }

    @Test(.requires(.git)) func theCommitIsTheOneThatGitTells() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("repository/code")
        let place = tree.base.appending("repository").string
        func git(_ words: String) throws -> String {
            let settings =
                "-c user.name=n -c user.email=e@example.org -c init.defaultBranch=main -c commit.gpgsign=false"
            let result = try Command.shell("cd '\(place)' && git \(settings) \(words)").run()
            #expect(result.status == 0, "\(result.errorText)")
            return result.outputText.split(separator: "\n").last.map(String.init) ?? ""
        }
        let code = tree.base.appending("repository/code")
        #expect(GitRevision(of: code) == nil)
        _ = try git("init -q")
        #expect(GitRevision(of: code) == nil)
        _ = try git("commit -q --allow-empty -m one")
        #expect(GitRevision(of: code) == GitRevision(commit: try git("rev-parse HEAD"), branch: "main"))
        _ = try git("checkout -q -b feature/x && git pack-refs --all")
        #expect(GitRevision(of: code) == GitRevision(commit: try git("rev-parse HEAD"), branch: "feature/x"))
        _ = try git("checkout -q --detach")
        #expect(GitRevision(of: code) == GitRevision(commit: try git("rev-parse HEAD"), branch: nil))
        _ = try git("worktree add -q ../tree feature/x")
        let worktree = GitRevision(of: tree.base.appending("tree"))
        #expect(worktree == GitRevision(commit: try git("rev-parse feature/x"), branch: "feature/x"))
    }

    @Test(arguments: [
        "ref: refs/heads/../../../../etc/passwd", "ref: refs/heads/main", "0123", "", "ref: /etc/passwd",
        String(repeating: "g", count: 40),
    ])
    func aHeadThatIsNoneIsNoRevision(_ head: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/.git/HEAD", head + "\n")
        #expect(GitRevision(of: tree.base.appending("code")) == nil)
    }
}
