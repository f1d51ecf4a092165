import Testing

@testable import ContainerRuntime

/// `hyperparameters.schema.json`: what is allowed, what is refused and in which words.
@Suite struct HyperparameterSchemaTests {
    private static func object(_ json: String) throws -> JSONObject {
        try #require(try JSONReader.read(text: json).object)
    }

    /// The problems of hyperparameters as the platform writes them, by a schema.
    private static func problems(_ schema: String, _ hyperparameters: String) throws -> [String] {
        let schema = try HyperparameterSchema(try object(schema))
        let given = try Hyperparameters(try object(hyperparameters))
        return schema.problems(with: given.filling(schema.defaults(for: given))).map(\.description)
    }

    private static func property(_ schema: String) -> String { #"{"properties": {"x": \#(schema)}}"# }

    @Test(
        arguments: [
            (#"{"type": "integer"}"#, #""10""#), (#"{"type": "integer"}"#, "10"), (#"{"type": "integer"}"#, #""1.0""#),
            (#"{"type": "number"}"#, #""1e-3""#), (#"{"type": "boolean"}"#, #""true""#), (#"{"type": "null"}"#, "null"),
            (#"{"type": "string"}"#, #""adam""#), (#"{"type": "string"}"#, #""10""#),
            (#"{"type": "string"}"#, #""true""#),
            (#"{"type": ["integer", "null"]}"#, #""null""#), (#"{"type": "array"}"#, #""[1]""#), ("{}", #""anything""#),
            ("true", "1"), (#"{"minimum": 1, "maximum": 1}"#, "1"), (#"{"minimum": 1}"#, #""words have no range""#),
            (#"{"exclusiveMinimum": 0, "exclusiveMaximum": 1}"#, #""0.5""#), (#"{"enum": ["1", "2"]}"#, #""1""#),
            (#"{"enum": [1, 2]}"#, #""1.0""#), (#"{"const": "a"}"#, #""a""#),
            (#"{"maximum": 9007199254740993}"#, "9007199254740993"),
            (#"{"type": "object", "properties": {"y": {"type": "integer"}}}"#, #"{"y": 1}"#),
        ]
    )
    func aValueThatIsAllowedPasses(_ schema: String, _ value: String) throws {
        #expect(try Self.problems(Self.property(schema), #"{"x": \#(value)}"#) == [])
    }

    @Test(
        arguments: [
            (#"{"type": "integer"}"#, #""1.5""#, "an integer, found 1.5"),
            (#"{"type": "integer"}"#, #""ten""#, #"an integer, found "ten""#),
            (#"{"type": "number"}"#, #""\"1\"""#, #"a number, found "1""#),
            (#"{"type": "boolean"}"#, #""True""#, #"true or false, found "True""#),
            (#"{"type": "string"}"#, "10", "a text, found 10"),
            (#"{"type": ["integer", "null"]}"#, #""x""#, #"an integer or null, found "x""#),
            (#"{"type": "number", "minimum": 0, "maximum": 1}"#, "2", "a number of at least 0 and at most 1, found 2"),
            (#"{"type": "integer", "maximum": 5}"#, "6", "an integer of at most 5, found 6"),
            (#"{"exclusiveMinimum": 0}"#, #""0""#, "a number above 0, found 0"),
            (#"{"exclusiveMaximum": 1}"#, "1.0", "a number below 1, found 1.0"),
            (#"{"minimum": 0}"#, #""NaN""#, "a number of at least 0, found NaN"),
            (
                #"{"maximum": 9007199254740992}"#, "9007199254740993",
                "a number of at most 9007199254740992, found 9007199254740993"
            ),
            (#"{"enum": ["sgd", "adam"]}"#, #""Adam""#, #"one of "sgd", "adam", found "Adam""#),
            (#"{"const": 1}"#, "2", "1, found 2"),
        ]
    )
    func aValueThatIsNotAllowedIsToldWithWhatIs(_ schema: String, _ value: String, _ words: String) throws {
        #expect(
            try Self.problems(Self.property(schema), #"{"x": \#(value)}"#) == [#"hyperparameter "x" must be \#(words)"#]
        )
    }

    @Test func missingAndUnknownNamesAreToldTogetherWithBadValues() throws {
        let schema = """
            {"properties": {"lr": {"type": "number"}, "epochs": {"default": 3}}, "required": ["sagemaker_program", "lr", "epochs"],
             "additionalProperties": false}
            """
        #expect(
            try Self.problems(schema, #"{"learning-rate": "0.1", "sagemaker_program": "train.py", "sagemaker_x": "1"}"#)
                == [
                    #"hyperparameter "lr" is missing"#,
                    #"hyperparameter "learning-rate" is not known; known are lr, epochs"#,
                ]
        )
    }

    @Test func otherNamesMayHaveASchemaAndObjectsMembers() throws {
        let schema =
            #"{"additionalProperties": {"type": "object", "properties": {"n": {"maximum": 1}}, "required": ["m"]}}"#
        #expect(
            try Self.problems(schema, #"{"map": "{\"n\": 2}"}"#) == [
                #"hyperparameter "map.m" is missing"#,
                #"hyperparameter "map.n" must be a number of at most 1, found 2"#,
            ]
        )
    }

    @Test func defaultsAreFilledInAndHeldAgainstTheirOwnSchema() throws {
        let schema = try HyperparameterSchema(
            try Self.object(
                #"{"properties": {"a": {"default": 1}, "b": {"default": "x"}, "sagemaker_program": {"default": "y"}}}"#
            )
        )
        let given = try Hyperparameters(try Self.object(#"{"b": "2"}"#))
        let filled = given.filling(schema.defaults(for: given))
        #expect(filled.user == (try Self.object(#"{"b": 2, "a": 1}"#)))
        #expect(filled["sagemaker_program"] == nil)
        let wrong = #"{"properties": {"a": {"default": 5, "maximum": 1}}}"#
        #expect(try Self.problems(wrong, "{}") == [#"hyperparameter "a" must be a number of at most 1, found 5"#])
    }

    @Test(
        arguments: [
            (
                #"{"properties": {"x": {"type": "int"}}}"#,
                #""properties.x.type" must be one of integer, number, boolean"#
            ),
            (#"{"properties": {"x": {"minimum": "0"}}}"#, #""properties.x.minimum" must be a number, found "0""#),
            (
                #"{"properties": {"x": {"exclusiveMinimum": true}}}"#,
                #""properties.x.exclusiveMinimum" must be a number"#
            ),
            (#"{"properties": {"x": {"enum": []}}}"#, #""properties.x.enum" must be a list, found a list"#),
            (#"{"properties": {"x": 1}}"#, #""properties.x" must be an object, found 1"#),
            (#"{"required": "x"}"#, #""required" must be a list of names, found "x""#),
            (#"{"additionalProperties": 0}"#, #""additionalProperties" must be a boolean or an object"#),
        ]
    )
    func aSchemaThatCannotBeUsedIsRefusedByItsKeyword(_ text: String, _ words: String) throws {
        let object = try Self.object(text)
        let failure = #expect(throws: Failure.self) { try HyperparameterSchema(object) }
        #expect(failure?.description.contains(words) ?? false, "\(failure?.description ?? "")")
        #expect(failure?.failureClass == .configuration)
    }

    @Test func keywordsThatAreNotCheckedAreNamed() throws {
        let text = #"{"title": "t", "$schema": "s", "properties": {"x": {"pattern": "a", "format": "b"}}, "oneOf": []}"#
        #expect(try HyperparameterSchema(try Self.object(text)).uncheckedKeywords == ["format", "oneOf", "pattern"])
    }
}
