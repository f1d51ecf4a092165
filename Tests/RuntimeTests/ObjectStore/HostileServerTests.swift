import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@testable import ObjectStore

#if canImport(Glibc)
import Glibc
#endif

/// Servers on a bad day: what was begun is gone on with, and what cannot be had is said.
@Suite(.timeLimit(.minutes(60)), .serialized) struct HostileServerTests {
    private func large(_ count: Int) -> [UInt8] {
        var random = SplitMix(state: 7)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes += $0 } }
        return Array(bytes[..<count])
    }

    @Test(arguments: ["web", "s3"]) func aDownloadThatIsCutEvery10MBArrivesWhole(_ kind: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let bytes = large(70_000_001)
        try tree.write("../served/big.bin", bytes)
        let source = kind == "web" ? "\(server.address)/cut/big.bin" : "s3://cut/big.bin"
        let result = try fetch(source, tree, server.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.read("code/big.bin") == bytes)
        let resumed = server.requests.filter { $0.contains("'range'") }
        #expect(resumed.count >= 7, "\(server.requests)")
    }

    @Test(arguments: [
        ("plain", "x.py"), ("storm", "x.py"), ("cutweak", "x.py"), ("chunked", "x.py"), ("redirect", "x.py"),
        ("plain", "x.py?token=abc#part"),
    ]) func theWebIsPatientlyAsked(_ mode: String, _ name: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let bytes = large(3_000_000)
        try tree.write("../served/x.py", bytes)
        let result = try fetch("\(server.address)/\(mode)/\(name)", tree, server.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.read("code/x.py") == bytes)
        #expect(!result.errorText.contains("token"))
    }

    @Test(arguments: ["storm", "region", "malformed", "skewed"]) func theStoreIsUnderstood(_ mode: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", "print(1)")
        let result = try fetch("s3://\(mode)/x.py", tree, server.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.text("code/x.py") == "print(1)")
    }

    @Test(arguments: [
        ("web/down", "refused with 503"), ("s3/down", "refused with 503 SlowDown"),
        ("web/loop", "more than 10 redirects"),
        ("web/plain-missing", "not found"), ("s3/changes", "changed while it was downloaded"),
        ("s3/checksum", "the crc32 checksum is wrong"), ("s3/forbidden", "refused with 403 AccessDenied: m"),
        ("s3/expired", "ExpiredToken"), ("web/replaced", "changed while it was downloaded"),
        ("web/longer", "changed while it was downloaded"),
    ]) func aRefusalNamesItsReasonAndLeavesNothing(_ source: String, _ words: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", large(20_000))
        let (kind, mode) = (source.prefix { $0 != "/" }, source.drop { $0 != "/" }.dropFirst())
        let file = mode == "plain-missing" ? "plain/nope.py" : "\(mode)/x.py"
        let location = kind == "web" ? "\(server.address)/\(file)" : "s3://\(file)"
        let result = try fetch(location, tree, server.environment).run()
        #expect(result.status == 1)
        #expect(result.errorText.contains("ClientError: ") && result.errorText.contains(words), "\(result.errorText)")
        #expect(!tree.exists("code"))
        #expect(!result.errorText.contains("secretsecret"))
    }

    /// Every connection brings the same megabyte: that is no progress, and there is an end to it.
    @Test func aDownloadThatNeverComesFurtherEnds() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", large(3_000_000))
        let result = try fetch("\(server.address)/weakcut/x.py", tree, server.environment).run()
        #expect(result.status == 1 && !result.timedOut)
        #expect(result.errorText.contains("cannot be reached: "), "\(result.errorText)")
        // A connection that is cut may lose some of its megabyte, so that a later one does come a little further.
        #expect(server.requests.count <= 8 * RetryPolicy(subject: "").attempts, "\(server.requests.count)")
        #expect(server.requests.allSatisfy { !$0.contains("'range'") }, "a range of what may be another file")
        #expect(!tree.exists("code"))
    }

    @Test func aDownloadBeyondTheLimitIsRefusedBeforeItComes() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", large(10_000))
        var environment = server.environment
        environment["TRAIN_FETCH_MAX_BYTES"] = "9999"
        let result = try fetch("s3://plain/x.py", tree, environment).run()
        #expect(
            result.errorText.contains("more than 9999 bytes; TRAIN_FETCH_MAX_BYTES is the limit"),
            "\(result.errorText)"
        )
    }

    @Test(arguments: [SIGTERM, SIGINT]) func aSignalEndsADownloadAtOnceAndLeavesNothing(_ number: Int32) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.tar.gz", large(1_000))
        let running = try fetch("\(server.address)/slow/x.tar.gz", tree, server.environment).start()
        #expect(running.wait { _ in server.requests.contains { $0.contains("/slow/") } })
        running.send(number)
        let result = running.wait()
        #expect(result.status == 128 + number, "\(result.errorText)")
        #expect(!result.timedOut && !tree.exists("code"))
    }

    @Test func containerCredentialsAreAskedForAgainWhenTheyHaveExpired() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", "1")
        try tree.write("token", "Bearer tokentext\n")
        var environment = server.environment
        (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) = (nil, nil)
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "\(server.address)/credentials/x"
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = tree.base.appending("token").string
        let result = try fetch("s3://expired/x.py", tree, environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(server.requests.count { $0.contains("/credentials/") } == 2)
    }

    /// Variables under which the server is the instance's, below a path, and nothing else has credentials.
    private func onInstance(_ server: HostileServer, _ path: String = "") -> [String: String] {
        var environment = server.environment
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"] {
            environment[name] = nil
        }
        environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.address + path
        environment["AWS_METADATA_SERVICE_TIMEOUT"] = "60"
        return environment
    }

    @Test(arguments: ["2", "none"]) func theInstanceIsAskedAsOftenAsIsSaid(_ attempts: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", "1")
        var environment = onInstance(server, "/flaky")
        environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] = attempts
        _ = try fetch("s3://plain/x.py", tree, environment).run()
        let tokens = server.requests.count { $0.hasPrefix("PUT /flaky/latest/api/token") }
        let isSigned = server.requests.contains {
            $0.hasPrefix("GET /plain/x.py") && $0.contains("Credential=ASIAIMDS/")
        }
        #expect(tokens == (attempts == "2" ? 2 : 1) && isSigned == (attempts == "2"), "\(server.requests)")
    }

    @Test func theInstanceGivesCredentialsByItsSecondProtocol() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", "1")
        var environment = onInstance(server)
        environment["TRAIN_REQUEST_PAYER"] = "requester"
        let result = try fetch("s3://plain/x.py", tree, environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        let asked = server.requests.last ?? ""
        #expect(asked.contains("Credential=ASIAIMDS/") && asked.contains("requester"), "\(server.requests)")
    }

    @Test func tlsIsCheckedAgainstTheGivenAuthority() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let make = """
            openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=tests' 2>/dev/null
            openssl req -newkey rsa:2048 -nodes -keyout key.pem -out req.pem -subj '/CN=localhost' 2>/dev/null
            printf 'subjectAltName=DNS:localhost' > names
            openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
            """
        let made = try Command("/bin/sh", ["-ec", make], workingDirectory: tree.scratch.string).run()
        #expect(made.status == 0, "\(made.errorText)")
        let certificate = ["cert.pem", "key.pem"].map { tree.scratch.appending($0).string }
        let server = try HostileServer(tree, certificate: certificate)
        defer { server.stop() }
        try tree.write("../served/x.py", "1")
        let address = "https://localhost:\(server.port)"
        let stranger = try fetch("\(address)/plain/x.py", tree, server.environment).run()
        #expect(stranger.status == 1)
        #expect(stranger.errorText.contains("AWS_CA_BUNDLE"), "\(stranger.errorText)")
        var environment = server.environment
        environment["AWS_CA_BUNDLE"] = tree.scratch.appending("ca.pem").string
        let down = try fetch("\(address)/down-to-http/x.py", tree, environment).run()
        #expect(down.errorText.contains("from https to http"), "\(down.errorText)")
        let known = try fetch("\(address)/plain/x.py", tree, environment).run()
        #expect(known.status == 0, "\(known.errorText)")
        environment["AWS_CA_BUNDLE"] = tree.scratch.appending("nothing.pem").string
        let unreadable = try fetch("\(address)/plain/x.py", tree, environment).run()
        #expect(unreadable.errorText.contains("nothing.pem: no certificate authority"), "\(unreadable.errorText)")
    }

    @Test func anErrorInTheBodyOfA200IsAnError() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("intermediate/big", [UInt8](repeating: 0, count: 9_000_000))
        let arguments = ["sync", tree.base.appending("intermediate").string, "s3://okbuterror/x"]
        let sync = try Command(Command.train, arguments, environment: server.environment).start()
        #expect(sync.wait { $0.errorText.contains("did not arrive") })
        #expect(sync.errorText.contains("refused with 200 AccessDenied: m"), "\(sync.errorText)")
        #expect(server.requests.contains { $0.hasPrefix("DELETE") }, "the parts are left: \(server.requests)")
        sync.send(SIGTERM)
        #expect(sync.wait().status == 1)
    }

    @Test func aProxyIsUsedAndItsExceptionsAreNot() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", "1")
        var environment = server.environment
        environment["http_proxy"] = server.address
        let proxied = try fetch("http://example.invalid/plain/x.py", tree, environment).run()
        // The test's server refuses the tunnel: that it was asked for one is the point.
        #expect(proxied.status == 1)
        #expect(server.requests.contains { $0.contains("CONNECT example.invalid:80") }, "\(server.requests)")
        environment["NO_PROXY"] = "127.0.0.1"
        #expect(try fetch("\(server.address)/plain/x.py", tree, environment).run().status == 0)
    }

    @Test func withoutCredentialsTheFailureSaysWhereTheyWereLookedFor() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        var environment = server.environment
        (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) = (nil, nil)
        let result = try fetch("s3://forbidden/x.py", tree, environment).run()
        #expect(result.status == 1)
        #expect(
            result.errorText.contains("there are no credentials; looked in AWS_ACCESS_KEY_ID"),
            "\(result.errorText)"
        )
        #expect(server.requests.allSatisfy { !$0.contains("authorization") }, "\(server.requests)")
    }

    @Test(.requires(.networkNamespaces)) func withoutNetworkAndCredentialsItSaysSoAtOnce() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        var command = fetch("s3://bucket/s.tar.gz", tree, ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"])
        command.arguments = Command.namespaceOptions + ["--net", command.executable] + command.arguments
        command.executable = Command.unshare
        let result = try command.run()
        #expect(result.status == 1)
        #expect(result.errorText.contains("there is no network and there are no credentials"), "\(result.errorText)")
    }

    @Test func aWebAddressThatIsNotThereIsNamed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let result = try fetch("http://127.0.0.1:1/x.tar.gz", tree, Command.plainEnvironment).run()
        #expect(result.status == 1)
        #expect(
            result.errorText.contains("http://127.0.0.1:1/x.tar.gz: cannot be reached: Connection refused"),
            "\(result.errorText)"
        )
    }
}
