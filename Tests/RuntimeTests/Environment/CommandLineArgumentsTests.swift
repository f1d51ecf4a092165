import ContainerRuntime
import Testing

@Suite struct CommandLineArgumentsTests {
    private static func words(_ json: String) throws -> [String] {
        let object = try #require(try JSONReader.read(text: json).object)
        return try CommandLineArguments(try Hyperparameters(object).user).words
    }

    /// The table of the toolkit's own tests.
    @Test(
        arguments: [
            (
                #"{"batch-size": "64", "epochs": "10", "loss": "\"SGD\""}"#,
                ["--batch-size", "64", "--epochs", "10", "--loss", "SGD"]
            ),
            (
                #"{"da-sh":"1","un_der":"2","un-sh":"3","da_der":"2"}"#,
                ["--da-sh", "1", "--da_der", "2", "--un-sh", "3", "--un_der", "2"]
            ),
            ("{}", []), (#"{"": ""}"#, ["", ""]),
            (#"{"U":"1","T":"","":"42"}"#, ["", "42", "-T", "", "-U", "1"]),
            (#"{"nested":["1",["2","3",[["6"]]]]}"#, ["--nested", "['1', ['2', '3', [['6']]]]"]),
            (
                #"{"map":{"a":[1,3,4]},"dirs":{"train":"foo","eval":"bar"}}"#,
                ["--dirs", "eval=bar,train=foo", "--map", "a=[1, 3, 4]"]
            ),
            (#"{"truthy":true,"falsy":false,"nul":null}"#, ["--falsy", "False", "--nul", "", "--truthy", "True"]),
            (#"{"deep":{"b":{"d":1,"c":null},"a":true,"n":null}}"#, ["--deep", "a=True,b={'d': 1, 'c': None},n=None"]),
            (
                #"{"e":[],"f":{},"m":[1,2.5,"x",true,false,null]}"#,
                ["-e", "[]", "-f", "", "-m", "[1, 2.5, 'x', True, False, None]"]
            ),
            (
                #"{"a":"1e5","b":"0.10","c":"1e-8","d":"1e16","e":"NaN","f":"Infinity"}"#,
                ["-a", "100000.0", "-b", "0.1", "-c", "1e-08", "-d", "1e+16", "-e", "nan", "-f", "inf"]
            ),
            (#"{"a":"True","b":"None","c":"01","d":"0x10"}"#, ["-a", "True", "-b", "None", "-c", "01", "-d", "0x10"]),
            (#"{"a":"\"true\"","b":"  lead and trail  "}"#, ["-a", "true", "-b", "  lead and trail  "]),
            (
                #"{"sp ace":4,"sl/ash":5,"do.t":3,"-":7,"é":11}"#,
                ["--", "7", "--do.t", "3", "--sl/ash", "5", "--sp ace", "4", "-é", "11"]
            ),
            (#"{"z":"$(touch /tmp/x); `id` \"q\" 'q'\n"}"#, ["-z", "$(touch /tmp/x); `id` \"q\" 'q'\n"]),
            (#"{"big":"123456789012345678901234567890"}"#, ["--big", "123456789012345678901234567890"]),
        ] as [(String, [String])]
    )
    func argumentsAreTheToolkits(_ json: String, _ expected: [String]) throws {
        #expect(try Self.words(json) == expected)
    }

    @Test func aLetterOfTwoCodePointsHasALongName() throws {
        #expect(try Self.words(#"{"e\u0301": 1, "\u00e9": 2}"#) == ["--e\u{301}", "1", "-\u{e9}", "2"])
    }

    @Test(arguments: [#"{"z": "a\u0000b"}"#, #"{"z\u0000": "1"}"#])
    func aNULIsRefusedByTheHyperparameter(_ json: String) {
        let failure = #expect(throws: Failure.self) { try Self.words(json) }
        #expect(failure?.code == .containsNUL)
        #expect(failure?.description.contains("hyperparameter \"z") == true)
        #expect(failure?.description.contains("NUL") == true)
    }

    @Test func theLongestArgumentPassesAndOneByteMoreIsRefusedWithItsSizeAndTheLimit() throws {
        let longest = String(repeating: "x", count: 131_071)
        #expect(try Self.words(#"{"big": "\#(longest)"}"#)[1] == longest)
        let failure = #expect(throws: Failure.self) { try Self.words(#"{"big": "\#(longest)x"}"#) }
        #expect(failure?.code == .argumentTooLong(bytes: 131_072, limit: 131_071))
        #expect(failure?.description.hasPrefix("hyperparameter \"big\": an argument of 131072 bytes") == true)
    }
}
