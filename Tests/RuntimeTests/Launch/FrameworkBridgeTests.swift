import ContainerRuntime
import SystemPackage
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

    private func contents(of path: FilePath) -> String? {
        guard let file = fopen(path.string, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
