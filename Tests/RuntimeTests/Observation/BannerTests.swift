import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct BannerTests {
    private func job(_ members: String = "") throws -> PromiseJob {
        let job = try PromiseJob(.subreaper, "true")
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\"\(members)")
        return job
    }

    private func channels(_ tree: JobTree) throws {
        try tree.write(
            "input/config/inputdataconfig.json",
            """
            {"train": {"TrainingInputMode": "File"}, "empty": {"TrainingInputMode": "File"},
             "stream": {"TrainingInputMode": "Pipe"}, "lazy": {"TrainingInputMode": "FastFile"}}
            """
        )
        for place in ["input/data/empty", "input/data/lazy"] { try tree.makeDirectory(place) }
        try tree.write("input/data/train/a/1.csv", "12345")
        try tree.write("input/data/train/2.csv", "1")
    }

    @Test func theShortOneIsAFewLines() throws {
        let job = try job(", \"lr\": \"0.1\", \"api_token\": \"hunter22\", \"text\": \"a\\nb\"")
        defer { job.tree.remove() }
        try channels(job.tree)
        let ending = try job.run(["TRAINING_JOB_NAME": "digits-7", "TRAINING_JOB_ARN": "arn:aws:sagemaker:::digits-7"])
        let lines = ending.errors.split(separator: "\n").map(String.init)
        #expect(
            lines.contains {
                $0.hasPrefix("[train] info: container-runtime \(RuntimeVersion.number) on algo-1 (1 of 1): ")
            }
        )
        #expect(lines.contains("[train] info: hyperparameters: lr=0.1, api_token=******, text=a b"))
        #expect(lines.contains("[train] info: log: /aws/sagemaker/TrainingJobs, stream digits-7/algo-1-…"))
        #expect(!ending.errors.contains("hunter22"))
    }

    /// A local run has a name, and nothing of it is in CloudWatch.
    @Test func aJobThatIsNotOnThePlatformHasNoStream() throws {
        let job = try job()
        defer { job.tree.remove() }
        let ending = try job.run(["TRAINING_JOB_NAME": "local-7"])
        #expect(ending.errors.contains("container-runtime") && !ending.errors.contains("/aws/sagemaker"))
    }

    /// Streams are not looked into, and neither is a mount that would ask for every file.
    @Test func channelsAreCountedWhereThatIsCheap() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try channels(tree)
        let paths = TrainingPaths(base: tree.base)
        let environment = try environment(paths)
        let banner = try banner(environment, BannerFacts(environment, time: .seconds(10)))
        let counted = "train (File, 2 files, 6 bytes), empty (File, 0 files, 0 bytes)"
        #expect(banner.short.contains("channels: \(counted), stream (Pipe), lazy (FastFile)"), "\(banner.short)")
        #expect(banner.warnings.contains("channel \"empty\" is empty: \(paths.channel("empty"))"))
        let few = BannerFacts(environment, most: 1, time: .seconds(10))
        #expect(few.channels.map { $0.count?.isWhole } == [false, true, nil, nil])
    }

    @Test func theFullOneHasALineForEachThing() throws {
        let job = try job(", \"lr\": \"0.1\", \"long\": \"\(String(repeating: "x", count: 500))\"")
        defer { job.tree.remove() }
        try channels(job.tree)
        try job.tree.write(
            "input/config/resourceconfig.json",
            #"{"current_host": "algo-2", "hosts": ["algo-1", "algo-2"], "network_interface_name": "lo"}"#
        )
        let ending = try job.run(["TRAIN_BANNER": "full", "SM_STUDIO_LOCAL_MODE": "true"])
        for line in [
            "host: algo-2 (2 of 2)\n", "hosts: algo-1, algo-2\n", "channel: train (File",
            "program: train.sh\n", "hyperparameter: lr = 0.1\n",
            "hyperparameter: long = \(String(repeating: "x", count: 60))…\n", "machine: memory ", "kernel: ",
            "archives: model.tar.gz and output.tar.gz are made here\n",
        ] { #expect(ending.errors.contains("[train] info: \(line)"), "\(line) in \(ending.errors)") }
    }

    @Test func offNothingIsSaid() throws {
        let job = try job()
        defer { job.tree.remove() }
        try channels(job.tree)
        let ending = try job.run(["TRAIN_BANNER": "off"])
        #expect(!ending.errors.contains("container-runtime") && !ending.errors.contains("channel \""))
    }

    @Test func aModelDirectoryThatHoldsSomethingIsDoubtful() throws {
        let job = try job()
        defer { job.tree.remove() }
        try job.tree.write("model/old.bin", "x")
        #expect(try job.run().errors.contains("model has 1 entry already, which will be part of the model"))
    }

    private func environment(_ paths: TrainingPaths) throws -> TrainingEnvironment {
        var settings = RuntimeSettings()
        settings.baseDirectory = paths.base
        return try TrainingEnvironment(
            JobConfiguration.read(paths: paths, environment: EnvironmentVariables()),
            settings: settings,
            incoming: EnvironmentVariables(),
            machine: Machine(processors: 4, gpus: 2)
        )
    }

    private func banner(_ environment: TrainingEnvironment, _ facts: BannerFacts) throws -> Banner {
        let step = Step(name: "program", executable: "/bin/true", arguments: [], environment: [])
        return Banner(
            environment,
            plan: LaunchPlan(step: step),
            program: .framework(module: "a:b"),
            packs: true,
            mask: SecretMask(),
            facts: facts
        )
    }

    private func banner(_ facts: (inout BannerFacts) -> Void) throws -> Banner {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try environment(TrainingPaths(base: tree.base))
        var known = BannerFacts(environment, root: tree.base)
        facts(&known)
        return try banner(environment, known)
    }

    @Test(arguments: [(64 << 20, 64 << 20, true), (1 << 30, 1 << 30, false), (0, 0, false)])
    func littleSharedMemoryMattersWhereThereAreGPUs(_ size: Int, _ free: Int, _ warns: Bool) throws {
        let banner = try banner { $0.sharedMemory = FileSystemUse(size: size, free: free) }
        #expect(banner.warnings.contains { $0.hasPrefix("/dev/shm has ") } == warns)
        #expect(banner.short[0].contains("4 processors") && banner.short[0].contains("2 GPUs"))
    }

    @Test(arguments: [(100 << 30, 50 << 20, true), (100 << 30, 1 << 30, false), (80 << 20, 70 << 20, false)])
    func aFullDiskIsDoubtful(_ size: Int, _ free: Int, _ warns: Bool) throws {
        let banner = try banner { $0.modelDisk = FileSystemUse(size: size, free: free) }
        #expect(banner.warnings.contains { $0.hasSuffix("can be written to its disk") } == warns)
    }

    /// Before the first step nobody is there who would end a wait.
    @Test func whatAnotherMachineServesIsNotLookedAt() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try channels(tree)
        try tree.write("model/old.bin", "x")
        let paths = TrainingPaths(base: tree.base)
        let environment = try environment(paths)
        let near = BannerFacts(environment, time: .seconds(10), root: tree.base)
        #expect(near.modelEntries == 1 && near.modelDisk != nil && near.channels[0].count != nil)
        let mounts = [paths.model, paths.output, paths.channel("train")].map {
            "36 35 98:0 / \($0) rw,noatime master:1 - nfs4 server:/x rw\n"
        }
        try tree.write("proc/self/mountinfo", mounts.joined())
        let far = BannerFacts(environment, time: .seconds(10), root: tree.base)
        #expect(far.modelEntries == 0 && far.modelDisk == nil && far.outputDisk == nil)
        #expect(far.channels.map { $0.count == nil } == [true, false, true, true])
        let gone = try InputDataConfiguration(JSONObject([("gone", .object(JSONObject()))]))
        #expect(gone.missing(paths, MountTable([])) == ["gone"])
        let server = "36 35 98:0 / \(paths.inputData) rw - fuse.s3fs s3fs rw\n"
        #expect(gone.missing(paths, MountTable(Array(server.utf8))).isEmpty)
    }

    @Test func theModelsNamesAreCountedToABound() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for number in 0..<BannerFacts.mostEntries + 1 { try tree.write("model/\(number)", "") }
        let environment = try environment(TrainingPaths(base: tree.base))
        let banner = try banner(environment, BannerFacts(environment))
        #expect(
            banner.warnings.contains {
                $0.hasSuffix("has 1000 or more entries already, which will be part of the model")
            }
        )
    }

    @Test func theDriversVersionIsReadFromItsFile() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let text =
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  12"
        try tree.write("proc/driver/nvidia/version", text)
        #expect(BannerFacts.driver(tree.base) == "535.104.05")
    }
}
