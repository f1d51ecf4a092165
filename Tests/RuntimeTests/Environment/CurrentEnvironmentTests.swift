import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The facts as a program of the library's users sees them.
@Suite struct CurrentEnvironmentTests {
    private func variables(_ entries: [String]) -> EnvironmentVariables {
        EnvironmentVariables(entries: entries.compactMap { RawString($0) })
    }

    @Test func theRuntimesWordsBeatWhatTheyCameFrom() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config/hyperparameters.json", #"{"lr": "0.5", "on": "true"}"#)
        let own = ["SM_INPUT_DIR=\(tree.base)/input", "SAGEMAKER_BASE_DIR=/elsewhere", "SM_USER_ENTRY_POINT=train.py"]
        let environment = try TrainingEnvironment.current(
            variables(own + ["SM_NUM_CPUS=3", "SM_NUM_GPUS=2", "SM_NUM_NEURONS=0"])
        )
        #expect(environment.modelDirectory == tree.base.appending("model"))
        #expect(environment.processors == 3 && environment.gpus == 2)
        #expect(environment.userEntryPoint == "train.py")
        #expect(environment.hyperparameters["lr"]?.double == 0.5 && environment.hyperparameters["on"]?.boolean == true)
        #expect(environment.hyperparameters["on"]?.double == nil && environment.hyperparameters["lr"]?.boolean == nil)
    }

    @Test func withoutAJobTheBaseDirectoryIsRead() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("input/data/train")
        let environment = try TrainingEnvironment.current(variables(["SAGEMAKER_BASE_DIR=\(tree.base)"]))
        #expect(try environment.channelDirectory("train") == tree.base.appending("input/data/train"))
        #expect(environment.processors > 0)
        let failure = #expect(throws: Failure.self) { try environment.channelDirectory("test") }
        #expect(failure?.description == #"there is no channel "test"; the channels of this job: train"#)
    }
}
