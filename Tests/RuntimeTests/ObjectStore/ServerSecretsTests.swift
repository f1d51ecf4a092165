import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@testable import ObjectStore

/// Names and passwords in addresses: for whom they are, and how they are meant.
@Suite(.timeLimit(.minutes(60))) struct ServerSecretsTests {
    /// As CVE-2022-27774 was for curl: on another port there may be anybody's server.
    @Test func aPasswordIsNotSentToAnotherPortOfTheHost() throws {
        let (tree, other) = (try JobTree(), try JobTree())
        defer {
            tree.remove()
            other.remove()
        }
        let (server, stranger) = (try HostileServer(tree), try HostileServer(other))
        defer {
            server.stop()
            stranger.stop()
        }
        try other.write("../served/x.py", "print(1)")
        let address = "http://user:hunter2pw@127.0.0.1:\(server.port)/elsewhere/\(stranger.port)/x.py"
        let result = try fetch(address, tree, server.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(server.requests.contains { $0.contains("'authorization'") }, "\(server.requests)")
        #expect(!stranger.requests.isEmpty && !stranger.requests.contains { $0.contains("'authorization'") })
    }

    @Test func aProxysPasswordIsDecoded() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        var environment = server.environment
        environment["http_proxy"] = "http://u:p%40ss@127.0.0.1:\(server.port)"
        _ = try fetch("http://example.invalid/plain/x.py", tree, environment).run()
        let expected = "CONNECT example.invalid:80 Basic \("u:p@ss".utf8.base64)"
        #expect(server.requests.contains { $0.hasPrefix(expected) }, "\(server.requests)")
    }

    @Test(arguments: [
        ("https://host/x", true), ("https://HOST:443/y", true), ("http://host/x", false),
        ("https://host:8443/x", false),
        ("https://other/x", false),
    ]) func aServerIsSchemeHostAndPort(_ address: String, _ isSame: Bool) throws {
        let server = try #require(WebAddress("https://u:p@host/"))
        #expect(try #require(WebAddress(address)).isSameServer(as: server) == isSame)
    }

    @Test(arguments: ["code", "./code", "sub/../code"]) func aDownloadGoesBesideItsDestination(_ path: String) {
        #expect(Fetch.directories(beside: FilePath(path), "/temporary") == [".", "/temporary", "/tmp"])
        #expect(Fetch.directories(beside: "/opt/ml/code", "") == ["/opt/ml", "/tmp"])
    }
}
