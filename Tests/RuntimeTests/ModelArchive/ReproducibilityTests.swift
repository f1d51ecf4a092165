import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// A02, A22, A23: the same files give the same bytes.
@Suite(.timeLimit(.minutes(60))) struct ReproducibilityTests {
    /// The digest of the tree below, at a level whose bytes do not depend on a library's version.
    static let pinned = "186f2e3ee3171d94cd6b5d6046bef6ba541c819c627202354edc781c48fcc77f"

    private func digest(
        _ tree: JobTree,
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> String {
        let result = try tree.pack(arguments, environment: environment)
        #expect(result.status == 0, "\(result.errorText)")
        return String(try tree.shell("sha256sum < model.tar.gz").prefix(64))
    }

    private func files(_ tree: JobTree, reversed: Bool = false) throws {
        var names = (0..<60).map { "model/\($0 % 7)/\($0)" }
        if reversed { names.reverse() }
        for name in names {
            let number = name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } % 5_000
            try tree.write(name, Samples.bytes(Samples.Kind.allCases[number % 5], number))
        }
        try tree.write("model/run", "#!/bin/sh\n", mode: 0o755)
    }

    /// Stored blocks hold the tar stream as it is: the digest tells when the layout changes, by intention or not.
    @Test func theLayoutIsPinned() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try files(tree)
        #expect(try digest(tree, ["--level", "store"]) == Self.pinned)
    }

    @Test func creationOrderUmaskThreadsAndPlaceDoNotMatter() throws {
        var digests: Set<String> = []
        for (index, threads) in ["1", "2", "7", "64"].enumerated() {
            let tree = try JobTree()
            defer { tree.remove() }
            try files(tree, reversed: index % 2 == 1)
            if index == 2 {
                try tree.shell("find ml -type f ! -name run -exec chmod 600 {} +; find ml -type d -exec chmod 700 {} +")
            }
            digests.insert(try digest(tree, ["--threads", threads]))
        }
        #expect(digests.count == 1)
    }

    @Test(arguments: [
        "setfattr -n user.note -v x ml/model/run || true", "chmod 4755 ml/model/run", "chmod 0777 ml/model/run",
        "touch -d '1901-01-01' ml/model/run", "touch -d '2500-01-01 00:00:00.123' ml/model/run",
        "chown 3000000:3000000 ml/model/run || true", "touch -h -d yesterday ml/model",
        "chattr +A ml/model/run || true",
    ])
    func whatIsNotStoredDoesNotMatter(_ change: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try files(tree)
        let before = try digest(tree)
        try tree.shell("(\(change)) 2>/dev/null")
        #expect(try digest(tree) == before)
    }

    @Test func contentNamesAndTheExecuteBitMatter() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try files(tree)
        var digests = [try digest(tree)]
        for change in [
            "chmod 644 ml/model/run", "mv ml/model/run ml/model/ran", "echo >> ml/model/ran", "mkdir ml/model/e",
        ] {
            try tree.shell(change)
            digests.append(try digest(tree))
        }
        #expect(Set(digests).count == digests.count)
    }

    @Test func theSourceDateIsHonoured() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try files(tree)
        _ = try digest(tree, environment: ["SOURCE_DATE_EPOCH": "1700000000"])
        #expect(try tree.shell("tar --utc -tvf model.tar.gz | grep -vc '2023-11-14 22:13' || true") == "0\n")
        _ = try digest(tree)
        #expect(try tree.shell("tar --utc -tvf model.tar.gz | grep -vc '1970-01-01 00:00' || true") == "0\n")
        for wrong in ["yesterday", "-1", "99999999999999999999"] {
            #expect(try tree.pack(environment: ["SOURCE_DATE_EPOCH": wrong]).status == 64)
        }
    }
}
