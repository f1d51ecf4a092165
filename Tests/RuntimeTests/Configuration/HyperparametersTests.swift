import ContainerRuntime
import Testing

@Suite struct HyperparametersTests {
    /// What a text in the file becomes, and its JSON in `SM_HPS`.
    @Test(arguments: [
        ("5", "5"), (" 5 ", "5"), ("0.10", "0.1"), ("1e5", "100000.0"), ("007", "\"007\""), ("+1", "\"+1\""),
        ("0x10", "\"0x10\""), ("1_000", "\"1_000\""), ("1.", "\"1.\""), (".5", "\".5\""), ("[1,]", "\"[1,]\""),
        ("True", "\"True\""), ("None", "\"None\""), ("true", "true"), ("null", "null"), ("NaN", "NaN"),
        ("-Infinity", "-Infinity"), ("\"SGD\"", "\"SGD\""), ("\"\\\"twice\\\"\"", "\"\\\"twice\\\"\""), ("", "\"\""),
        ("{'a': 1}", "\"{'a': 1}\""), ("{\"b\": 1, \"a\": [2]}", "{\"a\":[2],\"b\":1}"), ("text", "\"text\""),
        ("\u{feff}5", "\"\\ufeff5\""), ("18446744073709551616", "18446744073709551616"),
        ("$(touch /tmp/x)", "\"$(touch /tmp/x)\""), ("\"\\ud800\" and more", "\"\\\"\\\\ud800\\\" and more\""),
    ])
    func aTextIsJSONOrItself(_ text: String, _ json: String) throws {
        let parameters = try Hyperparameters(JSONObject([("k", .string(text))]))
        #expect(JSONWriter.text(try #require(parameters.user["k"])) == json)
    }

    @Test func whatIsNoTextInTheFileStaysWhatItIs() throws {
        let object = JSONObject([("a", .array(["1"])), ("b", .null), ("c", .bool(true)), ("d", .integer(3))])
        #expect(try Hyperparameters(object).user == object)
    }

    @Test(arguments: [
        ("\"a\\ud800b\"", "\"k\" must be a text of whole characters, found the lone surrogate \\ud800"),
        (
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
            "\"k\" must be nested at most 1000 levels deep, found \"[\""
        ),
        (String(repeating: "{\"a\":", count: 100_000), "\"k\" must be nested at most 1000 levels deep, found \"{\""),
    ])
    func whatCannotBePassedOnIsRefusedByFileAndKey(_ text: String, _ words: String) {
        let failure = #expect(throws: Failure.self) { try Hyperparameters(JSONObject([("k", .string(text))])) }
        #expect(failure?.description == "hyperparameters.json: \(words)")
        #expect(failure?.failureClass == .configuration)
        #expect(failure?.exitStatus == .failure)
    }

    @Test func thePlatformsKeysGoToNobodyAndAFrameworksOnlyToIt() throws {
        let keys = Hyperparameters.reserved.sorted() + ["sagemaker_other", "lr", "sagemaker", "Sagemaker_x"]
        let parameters = try Hyperparameters(JSONObject(keys.map { ($0, "1") }))
        #expect(parameters.user.keys == ["lr", "sagemaker", "Sagemaker_x"])
        #expect(parameters.framework.keys == ["sagemaker_other"])
        #expect(parameters.all.count == keys.count)
    }

    @Test func aNameThatLooksLikeANumberIsTheTextThatWasWritten() throws {
        let object = JSONObject([
            ("sagemaker_job_name", "1e5"), ("sagemaker_region", "\"eu-west-1\""), ("n", .integer(7)),
        ])
        let parameters = try Hyperparameters(object)
        #expect(parameters.text("sagemaker_job_name") == "1e5")
        #expect(parameters.text("sagemaker_region") == "eu-west-1")
        #expect(parameters.text("n") == "7")
        #expect(parameters.text("missing") == nil)
    }
}
