import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// A04, A21, A24: sizes and counts that break programs.
@Suite(.timeLimit(.minutes(60))) struct LimitsTests {
    /// 9 GiB, one hole; the peak of memory as the kernel counts it, in KiB.
    @Test func aHugeSparseFileIsReadBack() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("model")
        try tree.shell("truncate -s 9G ml/model/sparse; echo last > ml/model/z")
        let program = """
            import resource, subprocess, sys
            subprocess.run(sys.argv[1:], check=True)
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let words = ["python3", "-c", program, Command.train, "pack", tree.model.string, tree.archive.string]
        let result = try Command("/usr/bin/env", words + ["--threads", "2"], limit: 600).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect((Int(result.outputText.prefix { $0 != "\n" }) ?? .max) < 64 << 10)
        // The headers, the body, the padding and the end, modulo 2 to the 32nd.
        let length = (512 + 9 << 30) + 512 + 512 + 1024
        #expect(try tree.shell("tail -c 4 model.tar.gz | od -An -tu4 | tr -d ' \\n'") == "\(length % (1 << 32))")
        // Of the archive's beginning only: to read all of it would take each of them a minute.
        for reader in ["tar", "bsdtar"] {
            let list =
                "{ gzip -dc model.tar.gz 2>/dev/null || true; } | head -c 1024 | { \(reader) -tvf - 2>/dev/null || true; }"
            #expect(try tree.shell(list).contains(" \(9 << 30) "))
        }
        let first = "import sys, tarfile; print(tarfile.open(sys.argv[1], 'r|gz').next().size)"
        #expect(try tree.shell("python3 -c \"\(first)\" model.tar.gz") == "\(9 << 30)\n")
    }

    @Test func manyEmptyFilesNeedFewDescriptors() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("model")
        try tree.shell("cd ml/model && seq 300000 | xargs touch", limit: 600)
        let words = ["prlimit", "--nofile=32", Command.train, "pack", tree.model.string, tree.archive.string]
        let result = try Command("/usr/bin/env", words, limit: 600).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try tree.shell("tar tf model.tar.gz | wc -l", limit: 600) == "300000\n")
    }

    @Test(arguments: ["follow", "keep"])
    func threeThousandLevelsNeedNoStack(_ links: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("model")
        let program = """
            import os, sys
            os.chdir(sys.argv[1])
            for level in range(3000):
                open('f', 'w').write(str(level)); os.mkdir('d'); os.chdir('d')
            """
        _ = try Command("/usr/bin/env", ["python3", "-c", program, tree.model.string]).run()
        let words = [
            "prlimit", "--nofile=32", "--stack=1048576", Command.train, "pack", tree.model.string, tree.archive.string,
        ]
        let result = try Command("/usr/bin/env", words + ["--symlinks", links], limit: 600).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try tree.shell("tar tf model.tar.gz | wc -l") == "6000\n")
    }

    /// Fewer threads, the same bytes.
    @Test func littleMemoryMeansFewerThreads() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("model/text", Samples.bytes(.text, 3_000_000))
        let words = ["prlimit", "--as=268435456", Command.train, "pack", tree.model.string, tree.archive.string]
        let result = try Command("/usr/bin/env", words + ["--threads", "64"]).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("threads, there is no memory for 64"))
        try tree.shell("'\(Command.train)' pack ml/model other.tar.gz --threads 1 && cmp other.tar.gz model.tar.gz")
    }
}
