import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// Addresses that let in whoever has them are shown without what lets in.
@Suite(.timeLimit(.minutes(60))) struct SecretAddressTests {
    private static let secrets = ["hunter2pw", "tokentext", "signaturetext", "partoftheend"]
    private static let address =
        "http://user:hunter2pw@127.0.0.1:1/c.tar.gz?X-Amz-Security-Token=tokentext&X-Amz-Signature=signaturetext"
        + "&response-content-type=x#partoftheend"

    @Test(arguments: [true, false], [true, false])
    func aPresignedAddressIsNowhere(_ isVariable: Bool, _ hasCode: Bool) throws {
        let job = try PromiseJob(.subreaper, "exit 0")
        defer { job.tree.remove() }
        let members = "\"sagemaker_program\": \"train.sh\""
        var variables: [String: String] = [:]
        if isVariable {
            variables["SAGEMAKER_SUBMIT_DIRECTORY"] = Self.address
        } else {
            try job.hyperparameters("\(members), \"sagemaker_submit_directory\": \"\(Self.address)\"")
        }
        if !hasCode { _ = try Command("/bin/rm", ["-r", job.tree.base.appending("code").string]).run() }
        let ending = try job.run(variables)
        #expect(ending.status == (hasCode ? 0 : 1), "\(ending.errors)")
        if !hasCode {
            #expect(ending.failure?.contains("Command \"train fetch http://127.0.0.1:1/c.tar.gz ") == true)
        }
        #expect(
            ending.errors.contains(hasCode ? "http://127.0.0.1:1/c.tar.gz is left alone" : "fetching code: http://127")
        )
        let output = job.tree.base.appending("output").string
        for secret in Self.secrets {
            #expect(!ending.errors.contains(secret), "\(ending.errors)")
            let found = try Command("/usr/bin/env", ["grep", "-r", secret, output]).run()
            #expect(found.status == 1 && found.output.isEmpty, "\(found.outputText)\(found.errorText)")
        }
    }

    @Test(arguments: [
        ["fetch", "ftp://user:hunter2pw@host/x?sig=tokentext", "d"], ["fetch", "s3://user:hunter2pw@host", "d"],
        ["fetch", "file://user:hunter2pw@host/x", "d"],
        ["fetch", "http://user:hunter2pw@host:x/?token=tokentext", "d"],
        ["sync", "d", "https://user:hunter2pw@host/x"], ["fetch", "s3://bucket/key", "d"],
    ]) func whatIsNotUnderstoodIsShownWithoutItsPassword(_ words: [String]) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let endpoint = ["AWS_ENDPOINT_URL": "htps://me:hunter2pw@host"]
        let environment = Command.plainEnvironment.merging(endpoint) { $1 }
        let result = try Command(
            Command.train,
            words,
            environment: environment,
            workingDirectory: tree.base.string
        ).run()
        #expect(result.status == 1)
        let named = words[1] == "s3://bucket/key" ? "AWS_ENDPOINT_URL" : "://host"
        #expect(result.errorText.contains(named) && result.errorText.contains("expected"), "\(result.errorText)")
        for secret in Self.secrets { #expect(!result.errorText.contains(secret), "\(result.errorText)") }
    }

    @Test(arguments: [
        ("https://u:p@host/a/b.tar.gz?x=1#y", "https://host/a/b.tar.gz"), ("https://host?secret", "https://host"),
        // A combining mark makes another character of what it follows.
        ("https://host/a?\u{301}secret", "https://host/a"), ("https://a:b@\u{301}host/", "https://\u{301}host/"),
        ("s3://bucket/a?b#c", "s3://bucket/a?b#c"), ("/opt/a?b", "/opt/a?b"), ("nonsense", "nonsense"),
    ]) func aLocationIsShown(_ text: String, _ shown: String) {
        #expect(Array(CodeLocation.shown(text).utf8) == Array(shown.utf8))
    }
}
