import SystemPackage
import TestSupport

@testable import ContainerRuntime

/// A page of the documentation, as a reader follows it.
struct Page {
    let text: String

    static let root: FilePath = {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        return root
    }()

    init(_ name: String) throws {
        text = String(decoding: try readFile(Self.root.appending(name)), as: UTF8.self)
    }

    /// The blocks of code of a language, in their order.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var open: (language: String, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open, block.language == language { blocks.append(block.text) }
                open = open == nil ? (String(line.dropFirst(3)), "") : nil
            } else {
                open?.text += "\(line)\n"
            }
        }
        return blocks
    }

    /// The lines of blocks that are indented by four blanks, without these; a block is what stands together.
    var indented: [String] {
        var blocks: [String] = []
        var isOpen = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("    ") {
                if !isOpen { blocks.append("") }
                blocks[blocks.count - 1] += "\(line.dropFirst(4))\n"
            }
            isOpen = line.hasPrefix("    ")
        }
        return blocks
    }
}

/// A machine on which the commands of the pages can be typed: `train` is on the PATH, and /tmp/ml is a tree of its own.
struct PageShell {
    let tree: JobTree

    init() throws { tree = try JobTree() }

    /// Types lines into a shell of the scratch directory, one after the other; the first that fails is the last.
    func type(_ lines: String, _ variables: [String: String] = [:], limit: Double = 300) throws -> Command.Result {
        var all = Command.plainEnvironment
        let own = FilePath(Command.train).removingLastComponent().string
        all["PATH"] = "\(own):\(all["PATH"] ?? "")"
        all.merge(variables) { $1 }
        let here = lines.replacing("/tmp/ml", with: tree.base.string)
            .replacing("Examples/", with: "\(Page.root)/Examples/").replacing(".build/train", with: "train")
        let shell = Command(
            "/bin/bash",
            ["-e", "-o", "pipefail", "-c", here],
            environment: all,
            workingDirectory: tree.scratch.string,
            limit: limit
        )
        var result = try shell.run()
        // What a page shows has its own names.
        result.output = Array(result.outputText.replacing(tree.base.string, with: "/tmp/ml").utf8)
        return result
    }
}
