import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// docs/local.md, as a newcomer follows it.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct LocalPageTests {
    private static let page: String = {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        return (try? readFile(root.appending("docs/local.md"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }()

    /// The text of the blocks of a language.
    private static func blocks(_ language: String) -> [String] {
        page.components(separatedBy: "```\(language)\n").dropFirst().map { block in
            block.components(separatedBy: "```")[0]
        }
    }

    @Test func everyCommandOfThePageWorksInItsOrder() throws {
        let job = try LocalJob(try #require(Self.blocks("python").first))
        defer { job.remove() }
        let commands = Self.blocks("sh")
        #expect(commands.count == 6)
        // The bucket of the page, with the numbers that its script reads.
        let store = try HostileServer(job.tree)
        defer { store.stop() }
        try job.tree.write("../served/keys", #"["data/train/numbers.csv"]"#)
        var variables = store.environment
        variables["TMPDIR"] = job.temporary.string
        let path = FilePath(Command.train).removingLastComponent().string
        variables["PATH"] = "\(path):\(variables["PATH"] ?? "")"
        for (place, command) in commands.enumerated() {
            // The last one, which needs Docker.
            if command.contains("--image"), !BaseImage.isThere { continue }
            let shell = Command(
                "/bin/bash",
                ["-e", "-c", command.replacing("my-bucket", with: "list-keys")],
                environment: variables,
                workingDirectory: job.tree.base.string
            )
            let result = try shell.run()
            #expect(result.status == 0, "\(command)\n\(result.errorText)")
            #expect(result.errorText.contains("train local: Completed after "))
            let host = place == 2 ? "/algo-1" : ""
            let model = command.contains("pipe:") ? [] : ["model.txt"]
            #expect(try job.names(in: "train-local-\(place + 1)\(host)/model.tar.gz") == model)
        }
    }
}

extension String {
    /// The parts between occurrences of a text.
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let place = rest.firstRange(of: separator) {
            parts.append(String(rest[..<place.lowerBound]))
            rest = rest[place.upperBound...]
        }
        return parts + [String(rest)]
    }
}
