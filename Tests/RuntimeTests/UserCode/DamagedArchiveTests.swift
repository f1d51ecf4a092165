import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Case C14: an archive that is cut off or damaged ends with an error, at once, and leaves nothing.
@Suite(.timeLimit(.minutes(60))) struct DamagedArchiveTests {
    @Test(arguments: ["w", "w:gz", "zip"]) func anArchiveThatIsCutOffAnywhereIsRefused(_ kind: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let body = "[add('d%d/f%d.py' % (i % 3, i), os.urandom(i * 97 % 1500)) for i in range(12)]"
        let path =
            try kind == "zip"
            ? Archives.zip(tree, "s.zip", "import os\n\(body)") : Archives.tar(tree, "s.archive", body, mode: kind)
        let whole = try bytes(path)
        // Behind the end marker tar pads to 10,240 bytes, which nobody needs: two blocks are the marker.
        let needed = kind == "w" ? (whole.lastIndex { $0 != 0 } ?? 0) / 512 * 512 + 1024 : whole.count
        for cut in stride(from: 512, to: needed, by: 512) {
            let name = "cut.\(kind == "zip" ? "zip" : "tar")"
            try tree.write("../\(name)", Array(whole[..<cut]))
            let delivery = CodeDelivery(to: tree.base.appending("code"))
            let failure = #expect(throws: Failure.self, "cut at \(cut)") {
                try delivery.deliver(tree.scratch.appending(name))
            }
            #expect(failure?.description.contains("truncated") == true, "\(cut): \(failure?.description ?? "")")
            #expect(!tree.exists("code"))
        }
        try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        #expect(tree.exists("code/d2/f11.py"))
    }

    /// TRAIN_FUZZ_ROUNDS=100000 for the long run; every round is one damaged archive.
    @Test func aDamagedArchiveNeitherCrashesNorHangsNorEscapes() throws {
        let rounds = getenv("TRAIN_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 400
        let tree = try JobTree()
        defer { tree.remove() }
        let links = "add('l', type=LINK, target='d/a.py'); add('h', type=HARD, target='d/a.py')"
        let body = "add('d', type=DIR); add('d/a.py', b'print(1)' * 90); add('b' * 150, bytes(700)); \(links)"
        let seeds = [
            try bytes(Archives.tar(tree, "a.tar", body, mode: "w")), try bytes(Archives.tar(tree, "a.tar.gz", body)),
            try bytes(Archives.tar(tree, "p.tar", "t.format = tarfile.PAX_FORMAT; \(body); add('é')", mode: "w")),
            try bytes(Archives.zip(tree, "a.zip", "add('d/a.py', 'print(1)' * 90); add('l', 'd/a.py', 0o120777)")),
        ]
        let before = try outside(tree)
        var random = SplitMix(state: 20_181_127)
        var (accepted, refused) = (0, 0)
        for round in 0..<rounds {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int(random.next() % 6 + 1) { mutate(&bytes, &random) }
            try tree.write("../fuzz", bytes)
            let limits = ExtractionLimits(extractBytes: 1 << 22, entries: 1_000)
            do {
                try CodeDelivery(to: tree.base.appending("code"), limits: limits).deliver(
                    tree.scratch.appending("fuzz")
                )
                accepted += 1
                _ = try Command("/bin/rm", ["-rf", tree.base.appending("code").string]).run()
            } catch is Failure { refused += 1 }
            #expect(!tree.exists("code"), "round \(round)")
        }
        #expect(try outside(tree) == before)
        #expect(accepted > 0 && refused > 0, "\(accepted) accepted, \(refused) refused")
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard !bytes.isEmpty else { return }
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 6 {
        case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 600)))
        case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 512)], at: place)
        case 4: bytes.replaceSubrange(place..<min(bytes.count, place + 4), with: [0xff, 0xff, 0xff, 0x7f])
        // Words that mean something to tar, written over a name or a type, with its checksum mended.
        default: plant(&bytes, place / 512 * 512, random.next())
        }
    }

    private func plant(_ bytes: inout [UInt8], _ header: Int, _ choice: UInt64) {
        guard header + 512 <= bytes.count else { return }
        let names = ["../../evil", "/tmp/train-evil", "d/../../evil", "l/x", "d/a.py/x", ".", ""]
        let name = Array(names[Int(choice % 7)].utf8) + [0]
        bytes.replaceSubrange(header..<header + name.count, with: name)
        bytes[header + 156] = Array("0123456SgxKL".utf8)[Int(choice >> 8 % 12)]
        bytes.replaceSubrange(header + 148..<header + 156, with: repeatElement(0x20, count: 8))
        let sum = String(bytes[header..<header + 512].reduce(0) { $0 + Int($1) }, radix: 8)
        let digits = Array((String(repeating: "0", count: max(0, 6 - sum.utf8.count)) + sum).utf8) + [0, 0x20]
        bytes.replaceSubrange(header + 148..<header + 156, with: digits)
    }

    /// Everything beside the code directory, with sizes.
    private func outside(_ tree: JobTree) throws -> String {
        let find =
            "find . -path ./fuzz -prune -o -path ./ml/code -prune -o -type f -printf '%p %s\\n' | sort; ls -d /tmp/train-evil"
        return try Command("/bin/sh", ["-c", find], workingDirectory: tree.scratch.string).run().outputText
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        try Command("/bin/cat", [path]).run().output
    }
}

/// A generator whose numbers are the same in every run: splitmix64 of Sebastiano Vigna.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
