import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Options that cannot be used: one line, 64, and nothing is started or made.
@Suite(.timeLimit(.minutes(60)))
struct LocalRefusalTests {
    @Test(
        arguments: [
            (["--channel", "x"], "--channel must be NAME=PATH with a name"),
            (["--channel", "../x=data"], "--channel must be NAME=PATH with a name"),
            (["--channel", "..=data"], "found \"..=data\""),
            (["--channel", "a/b=data"], "--channel must be NAME=PATH with a name"),
            (["--channel", "a\nb=data"], "found \"a\\nb=data\""),
            (
                ["--channel", "a=no\nwhere"],
                "--channel a must be a directory or a file that is there, found \"no\\nwhere\""
            ),
            (["--channel", "a="], "--channel a must be a directory or a file that is there, found \"\""),
            (["--channel", "a=data", "--channel", "a=data"], "--channel a must be given once"),
            (["--channel", "a=pipe:nowhere"], "--channel a must be a directory or a file that is there"),
            (["--channel", "a=s3://"], "--channel a must be s3://BUCKET/PREFIX, found \"s3://\""),
            (["--model", "S3:///x"], "--model must be s3://BUCKET/PREFIX"),
            (["--channel", "a=manifest:train.sh"], "--channel a must be manifest:FILE?attributes=NAME,NAME"),
            (["--channel", "a=manifest:train.sh?attributes=b,"], "with 1 to 16 names"),
            (["--channel", "a=manifest:data?attributes=b"], "--channel a must be a manifest, which is a file"),
            (["--channel", "model=data", "--model", "data"], "--channel model must be given once"),
            (["--channel", String(repeating: "n", count: 65) + "=data"], "1 to 64 letters"),
            (["--hyperparameter", "epochs"], "--hyperparameter must be NAME=VALUE, found \"epochs\""),
            (["--hyperparameter", "=3"], "--hyperparameter must be NAME=VALUE"),
            (["--hyperparameter", "a=1", "--hyperparameter", "a=2"], "--hyperparameter a must be given once"),
            (["--hyperparameter", "sagemaker_program=x.py"], "a name other than those that train local sets itself"),
            (["--hyperparameters", "nowhere.json"], "--hyperparameters must be a JSON file that is there"),
            (["--hyperparameters", "train.sh"], "train.sh: line 1, column 1"),
            (["--source", "nowhere"], "--source must be a directory that is there, found \"nowhere\""),
            (["--source", "data"], "SCRIPT must be a file in the directory of --source, data, found \"train.sh\""),
            (["--source", "s3://bucket"], "--source must be a directory, s3://BUCKET/KEY"),
            (["--image", "a b"], "--image must be the name of an image, found \"a b\""),
            (["--requirements", "data"], "--requirements must be a file, found \"data\""),
            (["--dependency", "train.sh"], "--dependency must be a directory"),
            (["--environment", "1A=2"], "--environment must be NAME=VALUE with a name"),
            (["--environment", "A-B=2"], "found \"A-B=2\""),
            (["--checkpoints", "train.sh"], "--checkpoints must be a directory, or a path that is free"),
            (["--model", "nowhere"], "--model must be a directory or an archive that is there"),
            (["--metric", "loss"], "--metric must be NAME=REGEX"),
            (["--metric", "loss=("], "--metric loss must be a regex with a group (missing closing parenthesis"),
            (
                ["--metric", "loss=[0-9]+"],
                "--metric loss must be a regex with a group (parentheses around the number)"
            ),
            (["--max-runtime", "soon"], "--max-runtime must be a length of time"),
            (["--stop-after", "-1"], "--stop-after must be a length of time"),
            (["--hosts", "0"], "--hosts must be a number from 1 to 64, found \"0\""),
            (["--hosts", "65"], "--hosts must be a number from 1 to 64"),
            (
                ["--hosts", "2", "--hyperparameter", "sagemaker_mpi_enabled=true"],
                "--hosts must be 1 where sagemaker_mpi_enabled asks for MPI, which starts the other hosts over SSH"
            ),
            (
                ["--hosts", "2", "--hyperparameter", "sagemaker_distributed_dataparallel_enabled=true"],
                "--hosts must be 1 where sagemaker_distributed_dataparallel_enabled asks for MPI"
            ),
            (["--hosts", "2", "--channel", "sm_drivers=drivers"], "1 where distributed.json asks for MPI"),
            (["--gpus", "4096"], "--gpus must be at most the GPUs of this machine"),
            (["--output", "data"], "--output must be a directory that is new or empty"),
            (["--output", "train.sh"], "--output must be a directory that is new or empty"),
        ] as [([String], String)]
    )
    func oneLineSaysWhatWasExpected(_ options: [String], _ words: String) throws {
        let job = try LocalJob("#!/bin/sh\necho ran\n", named: "train.sh", mode: 0o755)
        defer { job.remove() }
        try job.tree.write("data/a", "")
        try job.tree.write("drivers/distributed.json", #"{"mpi_additional_options": []}"#)
        let joined = options.count == 2 ? ["\(options[0])=\(options[1])"] : options
        let result = try job.run(["train.sh"] + joined)
        #expect(result.status == 64, "\(result.errorText)")
        #expect(
            result.errorText.hasPrefix("[train] error: ") && result.errorText.contains(words),
            "\(result.errorText)"
        )
        #expect(result.errorText.utf8.count { $0 == 0x0a } == 1, "\(result.errorText)")
        #expect(result.output == [])
        #expect(DirectoryListing.names(job.tree.base) == ["data", "drivers", "train.sh"], "nothing is made")
    }

    @Test(arguments: ["nowhere.py", "data", "", "a\nb"])
    func aScriptThatIsNoneIsRefused(_ script: String) throws {
        let job = try LocalJob()
        defer { job.remove() }
        try job.tree.makeDirectory("data")
        let result = try job.run([script])
        #expect(result.status == 64 && result.errorText.hasPrefix("[train] error: SCRIPT must be a file"))
        #expect(result.errorText.utf8.count { $0 == 0x0a } == 1, "\(result.errorText)")
    }

    @Test func namesThatAreOnlyOddAreTakenAsTheyAre() throws {
        let job = try LocalJob("#!/bin/sh\nls \"$SM_CHANNEL_A_B\"\n", named: "od\nd 'n\".sh", mode: 0o755)
        defer { job.remove() }
        try job.tree.write("of\nthe day/x y", "")
        let result = try job.run(["od\nd 'n\".sh", "--channel", "a-b=of\nthe day", "--output", "re\nsults"])
        #expect(result.status == 0 && result.outputText == "x y\n", "\(result.errorText)")
        #expect(job.tree.exists("re\nsults/model.tar.gz"))
    }

    @Test func withoutAScriptTheHelpIsNamed() throws {
        let job = try LocalJob()
        defer { job.remove() }
        let result = try job.run([])
        #expect(result.status == 64 && result.errorText.contains("train local --help"), "\(result.errorText)")
    }
}
