import SystemPackage
import TestSupport
import Testing

/// A job whose code comes with a schema of its hyperparameters.
@Suite struct SchemaTests {
    private static let schema = """
        {"properties": {
            "lr": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "optimizer": {"enum": ["sgd", "adam"], "default": "adam"},
            "shuffle": {"type": "boolean", "default": true}
        }, "required": ["lr"]}
        """

    private func job(_ hyperparameters: String) throws -> PromiseJob {
        let job = try PromiseJob(.subreaper, "echo \"$@\"; echo $SM_HPS; echo $SM_HP_OPTIMIZER")
        try job.hyperparameters(#""sagemaker_program": "train.sh", \#(hyperparameters)"#)
        try job.tree.write("code/hyperparameters.schema.json", Self.schema)
        return job
    }

    @Test func aBadValueEndsTheJobBeforeAnyProgramStarts() throws {
        let job = try job(#""lr": "5""#)
        defer { job.tree.remove() }
        // Would pip be started, it would fail the job with another class.
        try job.tree.write("code/requirements.txt", "nonsense ===\n")
        let ending = try job.run()
        #expect(ending.status == 1)
        #expect(ending.isConsistent)
        #expect(ending.result.output.isEmpty)
        let place = job.tree.base.appending("code/hyperparameters.schema.json")
        #expect(
            ending.cause == "ConfigurationError: hyperparameter \"lr\" must be a number above 0 and at most 1, found 5 "
                + "(by \(place))"
        )
    }

    @Test func aSecretThatIsRefusedStaysOne() throws {
        let job = try job(#""lr": "1", "api_key": "s3cr3t-s3cr3t""#)
        defer { job.tree.remove() }
        try job.tree.write("code/hyperparameters.schema.json", #"{"properties": {"api_key": {"type": "integer"}}}"#)
        let ending = try job.run()
        #expect(ending.cause.contains("\"api_key\" must be an integer"), "\(ending.cause)")
        #expect(!ending.cause.contains("s3cr3t") && !ending.errors.contains("s3cr3t"))
    }

    @Test func defaultsAreInArgumentsAndVariables() throws {
        let job = try job(#""lr": "0.1""#)
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(
            ending.result.outputText == """
                --lr 0.1 --optimizer adam --shuffle True
                {"lr":0.1,"optimizer":"adam","shuffle":true}
                adam

                """
        )
    }

    @Test(
        arguments: [
            ("value", "--no False --yes True"), ("flag", "--yes"), ("yesno", "--no no --yes yes"),
            ("json", "--no false --yes true"),
        ]
    )
    func booleansHaveTheStyleThatWasAskedFor(_ style: String, _ words: String) throws {
        let job = try PromiseJob(.subreaper, "echo \"$*\"; echo $SM_USER_ARGS; echo $SM_HP_YES")
        defer { job.tree.remove() }
        try job.hyperparameters(#""sagemaker_program": "train.sh", "yes": "true", "no": "false""#)
        let ending = try job.run(["TRAIN_BOOLEAN_STYLE": style])
        let list = words.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ",")
        #expect(ending.result.outputText == "\(words)\n[\(list)]\ntrue\n", "\(ending.errors)")
    }

    @Test func keywordsThatAreNotCheckedAreAWarning() throws {
        let job = try job(#""lr": "0.1""#)
        defer { job.tree.remove() }
        try job.tree.write("code/hyperparameters.schema.json", #"{"properties": {"lr": {"pattern": "x"}}}"#)
        let ending = try job.run()
        #expect(ending.status == 0)
        #expect(ending.errors.contains("hyperparameters.schema.json: not checked: pattern;"), "\(ending.errors)")
    }

    @Test func theReportsSayWhatTheJobWould() throws {
        let job = try job(#""lr": "0""#)
        defer { job.tree.remove() }
        for arguments in [["env"], ["run", "--dry-run"]] {
            let result = try job.tree.train(arguments).run()
            #expect(result.status == 1)
            #expect(result.errorText.contains("\"lr\" must be a number above 0"), "\(result.errorText)")
        }
        try job.hyperparameters(#""sagemaker_program": "train.sh", "lr": "1""#)
        let shown = try job.tree.train(["env", "--format", "json"], environment: ["TRAIN_BOOLEAN_STYLE": "flag"]).run()
        #expect(
            shown.outputText.contains(#""arguments":["--lr","1","--optimizer","adam","--shuffle"]"#),
            "\(shown.outputText)"
        )
    }
}
