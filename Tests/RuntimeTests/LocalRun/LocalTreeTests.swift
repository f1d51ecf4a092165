import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The tree of a local run: what a script sees in it is what it sees in a real job's.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct LocalTreeTests {
    @Test func aScriptSeesWhatItSeesInTheSameTreeMadeByHand() throws {
        let job = try LocalJob(LocalJob.teller)
        defer { job.remove() }
        try job.tree.write("data/a.csv", "1,2\n")
        let result = try job.run([
            "train.py", "--channel", "training=data", "--channel", "test.v-2=data/a.csv", "--hyperparameter",
            "epochs=3",
            "--hyperparameter", "lr=1e-3", "--hyperparameter", "name=abc", "--hyperparameter", "deep=true",
            "--hyperparameter", "text=\"3\"", "--gpus", "0",
        ])
        let local = try #require(Told(result), "\(result.errorText)")
        let name = try #require(
            try JSONReader.read(text: local.variables["SM_TRAINING_ENV"] ?? "").object?["job_name"]?.string
        )

        let hand = try JobTree()
        defer { hand.remove() }
        try hand.write(
            "input/config/hyperparameters.json",
            #"{"deep":"true","epochs":"3","lr":"1e-3","name":"\"abc\"","sagemaker_container_log_level":"20","#
                + #""sagemaker_job_name":"\"\#(name)\"","sagemaker_program":"\"train.py\"","text":"\"3\""}"#
        )
        let channel = #"{"TrainingInputMode":"File","S3DistributionType":"FullyReplicated","RecordWrapperType":"None"}"#
        try hand.write(
            "input/config/inputdataconfig.json",
            #"{"training":\#(channel),"test.v-2":\#(channel)}"#
        )
        try hand.write(
            "input/config/resourceconfig.json",
            #"{"current_host":"algo-1","current_instance_type":"local","current_group_name":"homogeneousCluster","#
                + #""hosts":["algo-1"],"instance_groups":[{"instance_group_name":"homogeneousCluster","#
                + #""instance_type":"local","hosts":["algo-1"]}],"network_interface_name":"lo"}"#
        )
        try hand.write("input/data/training/a.csv", "1,2\n")
        try hand.write("input/data/test.v-2/a.csv", "1,2\n")
        try hand.write("code/train.py", LocalJob.teller)
        let variables = [
            "TRAINING_JOB_NAME": name, "NVIDIA_VISIBLE_DEVICES": "void", "CUDA_VISIBLE_DEVICES": "",
        ]
        let byHand = try #require(Told(try hand.train(environment: variables).run()))

        #expect(local.arguments == byHand.arguments)
        #expect(
            local.arguments
                == ["--deep", "True", "--epochs", "3", "--lr", "0.001", "--name", "abc", "--text", "3"]
        )
        let base = job.tree.base.appending("train-local-1/ml").string
        func placed(_ variables: [String: String], _ base: String) -> [String: String] {
            // The notice of a stop is in a directory of each run's own.
            variables.filter { $0.key != "SM_STOP_NOTICE" }.mapValues { $0.replacing(base, with: "BASE") }
        }
        #expect(placed(local.variables, base) == placed(byHand.variables, hand.base.string))
        #expect(local.variables.count > 40)
    }

    @Test func theTreeHasTheFilesOfARealJob() throws {
        let job = try LocalJob("print('x')")
        defer { job.remove() }
        try job.tree.write("data/a.csv", "1")
        try job.tree.write("before.tar.gz", "not looked at")
        let result = try job.run([
            "train.py", "--channel", "train=data", "--model", "before.tar.gz", "--checkpoints", "kept", "--metric",
            "loss=Loss = (.*?);", "--keep", "--output", "out",
        ])
        #expect(result.status == 0, "\(result.errorText)")
        let names = [
            "checkpointconfig", "hyperparameters", "init-config", "inputdataconfig", "metric-definition-regex",
            "resourceconfig", "trainingjobconfig", "upstreamoutputdataconfig",
        ]
        let base = "out/ml/input"
        #expect(DirectoryListing.names(job.tree.base.appending("\(base)/config")) == names.map { $0 + ".json" })
        let channels = DirectoryListing.names(job.tree.base.appending("\(base)/data"))
        #expect(channels == ["model", "model-manifest", "train", "train-manifest"])
        #expect(job.tree.text("\(base)/data/train/a.csv") == "1")
        #expect(job.tree.text("\(base)/data/model/model.tar.gz") == "not looked at")
        #expect(job.tree.text("\(base)/config/metric-definition-regex.json") == #"{"loss":"Loss = (.*?);"}"#)
        let place = job.tree.base.appending("out/ml/checkpoints").string
        #expect(job.tree.text("\(base)/config/checkpointconfig.json") == #"{"LocalPath":"\#(place)"}"#)
        #expect(FileSystem.isDirectory(job.tree.base.appending("kept")))
        // The program that looks at jobs before they are sent takes linked channels too.
        let check = try Command(
            Command.train,
            ["check", "--base-dir", job.tree.base.appending("out/ml").string]
        ).run()
        #expect(check.status == 0 && !check.outputText.contains("channel"), "\(check.outputText)")
    }

    @Test func withoutKeepOnlyTheResultsAreLeft() throws {
        let job = try LocalJob("import os; open(os.environ['SM_MODEL_DIR'] + '/m', 'w').write('x')")
        defer { job.remove() }
        try job.tree.write("data/a.csv", "1")
        for number in 1...2 {
            let result = try job.run(["train.py", "--channel", "train=data"])
            #expect(result.status == 0, "\(result.errorText)")
            let left = DirectoryListing.names(job.tree.base.appending("train-local-\(number)"))
            #expect(left.filter { $0 != "metrics" } == ["job.log", "model.tar.gz", "report.html", "report.json"])
            #expect(try job.names(in: "train-local-\(number)/model.tar.gz") == ["m"])
        }
        #expect(DirectoryListing.names(job.temporary) == [])
        #expect(job.tree.text("data/a.csv") == "1", "what was linked is still there")
    }

    @Test func theDirectoryThatIsCopiedMayBeTheOneWhereTheResultsGo() throws {
        let job = try LocalJob("import os; print(sorted(os.listdir('.')))")
        defer { job.remove() }
        try job.tree.write("train-local-7/model.tar.gz", "of an earlier run")
        try job.tree.write("helper.py", "")
        for output in [[], ["--output", "results"]] {
            let result = try job.run(["train.py", "--source", "."] + output)
            #expect(result.outputText == "['helper.py', 'train.py']\n", "\(result.errorText)")
        }
    }
}
