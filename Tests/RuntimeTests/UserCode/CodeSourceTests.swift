import ContainerRuntime
import SystemPackage
import Testing

@Suite struct CodeSourceTests {
    private func decide(
        code: [String] = [],
        variable: String? = nil,
        hyperparameter: String? = nil,
        channel: [String] = [],
        credentials: Bool = true
    ) -> CodeSource {
        CodeSource.decide(
            CodeSource.Situation(
                codeDirectory: "/opt/ml/code",
                codeListing: code,
                submitVariable: variable,
                submitHyperparameter: hyperparameter,
                channelDirectory: "/opt/ml/input/data/code",
                channelListing: channel,
                hasCredentials: credentials
            )
        )
    }

    @Test func codeThatIsThereWins() {
        #expect(decide(code: ["train.py"], variable: "s3://b/k") == .inPlace(unused: "s3://b/k"))
        #expect(decide(code: ["train.py"], hyperparameter: "/opt/ml/code/") == .inPlace(unused: nil))
    }

    @Test func dotFilesDoNotFillTheCodeDirectory() {
        #expect(decide(code: [".keep"], hyperparameter: "/src") == .fetch("/src", .hyperparameter))
    }

    @Test func theVariableBeatsTheHyperparameterAndTheChannel() {
        #expect(decide(variable: "/v", hyperparameter: "/h", channel: ["a.py"]) == .fetch("/v", .environment))
        #expect(decide(variable: "", hyperparameter: "/h", channel: ["a.py"]) == .fetch("/h", .hyperparameter))
    }

    @Test func theChannelIsADirectoryOrAnArchive() {
        let channel = "/opt/ml/input/data/code"
        #expect(decide(channel: ["train.py", "data.zip"]) == .fetch(channel, .channel))
        #expect(decide(channel: ["sourcedir.tar.gz"]) == .fetch("\(channel)/sourcedir.tar.gz", .channel))
        #expect(decide(channel: ["model.ZIP"]) == .fetch("\(channel)/model.ZIP", .channel))
        #expect(decide(channel: [".s3"]) == .none)
    }

    @Test func withoutCredentialsTheChannelStandsInForS3() {
        let channel = decide(hyperparameter: "S3://b/k", channel: ["train.py"], credentials: false)
        #expect(channel == .fetch("/opt/ml/input/data/code", .channelWithoutCredentials))
        #expect(decide(hyperparameter: "s3://b/k", credentials: false) == .fetch("s3://b/k", .hyperparameter))
        #expect(decide(hyperparameter: "/h", channel: ["a"], credentials: false) == .fetch("/h", .hyperparameter))
    }

    @Test(arguments: [
        ("s3://bucket/a b+c%20d/é?x=1#frag/s.tar.gz", "s.tar.gz", "s3://bucket/a b+c%20d/é?x=1#frag/s.tar.gz"),
        ("S3://b/k", "k", "s3://b/k"), ("file:///opt/a%20b.zip", "a b.zip", "/opt/a b.zip"),
        ("https://me:secret@host:8/p/s.tar.gz?X-Amz-Signature=1", "s.tar.gz", "https://host:8/p/s.tar.gz"),
        ("HTTP://host", "download", "HTTP://host"), ("src", "src", "src"),
    ]) func aLocationIsReadAndShownWithoutSecrets(_ text: String, _ name: String, _ shown: String) throws {
        let location = try CodeLocation(text)
        #expect(location.name == name)
        #expect(location.description == shown)
    }

    @Test(arguments: ["", "s3://bucket", "s3:///key", "ftp://host/x", "file://host/x", "https:///x"])
    func aLocationThatIsNoneIsRefused(_ text: String) {
        #expect(throws: Failure.self) { try CodeLocation(text) }
    }

    @Test(arguments: [("5", 5), ("2K", 2_048), ("3g", 3 << 30)]) func limitsAreNumbersWithAUnit(
        _ text: String,
        _ bytes: Int
    )
        throws
    {
        #expect(try ExtractionLimits { $0 == "TRAIN_FETCH_MAX_BYTES" ? text : nil }.fetchBytes == bytes)
    }

    @Test(arguments: ["0", "-1", "x", "9999999T", "1.5G"]) func aLimitThatIsNotUnderstoodIsRefused(_ text: String) {
        #expect(throws: Failure.self) { try ExtractionLimits { $0 == "TRAIN_EXTRACT_MAX_BYTES" ? text : nil } }
    }

    /// Conformance cases 220 to 223.
    @Test func intermediateOutputGoesWhereTheToolkitSendsIt() throws {
        let place = "s3://bucket/pre/fix/golden-job/output/intermediate"
        #expect(try IntermediateOutput("s3://bucket/pre/fix/", jobName: "golden-job") == .sync(place))
        #expect(try IntermediateOutput("S3://bucket", jobName: nil) == .sync("s3://bucket/output/intermediate"))
        #expect(try IntermediateOutput("file:///tmp/x", jobName: "j") == .stays)
        #expect(try IntermediateOutput(nil, jobName: "j") == .stays)
        for text in ["https://x/y", "s3://", "s3:///x", "bucket"] {
            #expect(throws: Failure.self) { try IntermediateOutput(text, jobName: "j") }
        }
    }
}
