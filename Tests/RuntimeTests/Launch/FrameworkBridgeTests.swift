import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The repository's Python directory.
private let python = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("Python")

@Suite struct FrameworkBridgeTests {
    @Test func theEmbeddedTextIsTheFile() throws {
        let file = python.appending("container_runtime/_bridge.py")
        let text = try #require(contents(of: file))
        #expect(FrameworkBridge.source == text, "run Python/embed_bridge.py")
    }

    @Test func theTextFitsIntoOneArgument() {
        // MAX_ARG_STRLEN of execve(2), less its NUL.
        #expect(FrameworkBridge.source.utf8.count < 131_071)
        #expect(FrameworkBridge.source.contains("REPORT = \"\(FrameworkBridge.reportVariable)\""))
    }

    /// Cases 256 and 257: the job's end is the framework's to decide, and yet somebody has to say it.
    @Test(arguments: [(5, true), (0, false), (-9, true)]) func aFailureThatAFrameworkPassesOverIsSaid(
        _ code: Int,
        _ isSaid: Bool
    ) throws {
        let job = try PromiseJob(.subreaper, "", named: "train.py")
        defer { job.tree.remove() }
        let function = """
            import logging
            def main():
                logging.getLogger("toolkit").info(
                    "Done waiting for a return code. Received %d from exiting process.", \(code))
            """
        try job.tree.write("framework/lines.py", function)
        let variables = [
            "SAGEMAKER_TRAINING_MODULE": "lines:main", "PYTHONPATH": job.tree.base.appending("framework").string,
        ]
        let ending = try job.run(variables)
        #expect(ending.status == 0, "\(ending.errors)")
        let warning = "warning: a program that lines:main ran ended with \(code), and lines:main took that for success"
        #expect(ending.errors.contains(warning) == isSaid, "\(ending.errors)")
    }

    private func contents(of path: FilePath) -> String? {
        guard let file = fopen(path.string, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
