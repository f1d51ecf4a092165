import ContainerRuntime
import Testing

@testable import ObjectStore

@Suite struct SignatureTests {
    /// The first example of AWS's page.
    ///
    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    @Test func theSignatureEqualsAWSsExample() {
        let credentials = Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        )
        let headers = RequestSignature(credentials: credentials, region: "us-east-1").headers(
            method: "GET",
            path: "/test.txt",
            query: [],
            headers: [(name: "Host", value: "examplebucket.s3.amazonaws.com"), (name: "Range", value: "bytes=0-9")],
            bodyHash: RequestSignature.emptyBodyHash,
            time: Timestamp(seconds: 1_369_353_600)
        )
        let expected = "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        #expect(headers.last?.value.hasSuffix(expected) == true)
        #expect(headers.contains { $0.name == "x-amz-date" && $0.value == "20130524T000000Z" })
    }

    /// The third example of that page: parameters, one of them without a value.
    @Test func parametersAreSigned() {
        let credentials = Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        )
        let headers = RequestSignature(credentials: credentials, region: "us-east-1").headers(
            method: "GET",
            path: "/",
            query: [(name: "lifecycle", value: "")],
            headers: [(name: "host", value: "examplebucket.s3.amazonaws.com")],
            bodyHash: RequestSignature.emptyBodyHash,
            time: Timestamp(seconds: 1_369_353_600)
        )
        let expected = "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        #expect(headers.last?.value.hasSuffix(expected) == true)
    }

    @Test func credentialsShowNothingOfThemselves() {
        let credentials = Credentials(accessKeyID: "AKIA", secretAccessKey: "hidden", sessionToken: "token")
        var text = ""
        dump([credentials], to: &text)
        #expect(!"\(credentials) \(String(reflecting: credentials)) \(text)".contains("hidden"))
    }

    @Test(arguments: [
        ("2026-01-31T23:59:59Z", 1_769_903_999), ("Sat, 31 Jan 2026 23:59:59 GMT", 1_769_903_999),
        ("2026-01-31T23:59:59.123Z", 1_769_903_999),
    ]) func timesAreRead(_ text: String, _ seconds: Int) {
        #expect(Timestamp(text)?.seconds == seconds)
    }

    @Test(arguments: [
        ("bucket", "eu-west-1", "https://bucket.s3.eu-west-1.amazonaws.com/k%20%3F/x"),
        ("dots.in.it", "cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn/dots.in.it/k%20%3F/x"),
        ("UPPER", "us-east-1", "https://s3.us-east-1.amazonaws.com/UPPER/k%20%3F/x"),
    ]) func awsIsAskedByHostNameWhereThatWorks(_ bucket: String, _ region: String, _ url: String) throws {
        let endpoint = try S3Endpoint { _ in nil }
        #expect(endpoint.address(bucket: bucket, key: "k ?/x", region: region)?.url == url)
    }

    @Test func aServerOfOnesOwnIsAskedByPathAndTheFirstVariableWins() throws {
        let variables = ["AWS_ENDPOINT_URL": "http://other", "AWS_ENDPOINT_URL_S3": "http://host:9000/base/"]
        let endpoint = try S3Endpoint { variables[$0] }
        #expect(endpoint.address(bucket: "b", key: "k", region: "x")?.url == "http://host:9000/base/b/k")
        #expect(throws: Failure.self) { try S3Endpoint { _ in "not an address" } }
    }

    @Test func theRegionComesFromTheFirstVariable() {
        let variables = ["AWS_DEFAULT_REGION": "b", "SAGEMAKER_REGION": "c", "AWS_REGION": ""]
        #expect(S3Region.first { variables[$0] } == "b")
        #expect(S3Region.first { _ in nil } == "us-east-1")
    }

    @Test(arguments: [
        ("https://a.b.example.com/", true), ("https://example.com/", true), ("https://notexample.com/", false),
        ("https://10.0.0.1/", true), ("https://host:8443/", true), ("https://host/", false), ("http://x.org/", false),
    ]) func proxyExceptionsAreHostsAndWhatIsBelowThem(_ url: String, _ isDirect: Bool) throws {
        let variables = [
            "HTTPS_PROXY": "proxy:3128", "http_proxy": "http://u:p@proxy",
            "no_proxy": ".example.com, 10.0.0.1,host:8443",
        ]
        let address = try #require(WebAddress(url))
        #expect((ProxySettings { variables[$0] }.proxy(for: address) == nil) == isDirect)
    }

    @Test func partsAreTakenFromBothEndsOnce() {
        let queue = PartQueue(total: 25, part: 10)
        #expect(queue.takeLast() == 20..<25)
        #expect(queue.takeFirst() == 0..<10)
        #expect(queue.takeLast() == 10..<20)
        #expect(queue.takeFirst() == nil && queue.takeLast() == nil)
    }

    /// "123456789" is what catalogues of checksums give values for.
    @Test func checksumsEqualTheCatalogues() {
        let bytes = Array("123456789".utf8)
        bytes.withUnsafeBytes {
            #expect(CRCTable.castagnoli.update(0xffff_ffff, $0) ^ 0xffff_ffff == 0xe306_9283)
            #expect(~CRCTable.nvme.update(.max, $0) == 0xae8b_1486_0a79_9888)
        }
    }

    @Test func sharedFilesAreReadAsAWSReadsThem() {
        let text = "# c\n[default]\naws_access_key_id = A\r\n s3 =\n  nested = 1\n[profile  dev]\nregion=eu-west-1\n"
        let sections = SharedCredentialsFile.parse(Array(text.utf8))
        #expect(sections == ["default": ["aws_access_key_id": "A"], "profile dev": ["region": "eu-west-1"]])
    }
}
