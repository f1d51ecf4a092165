import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// C01 to C11, C15 to C18: bad input is refused before the program starts, with the file, the key and the reason.
@Suite struct ConfigurationFaultTests {
    private static let hyperparameters = "input/config/hyperparameters.json"

    private func job(_ file: String, _ bytes: [UInt8]) throws -> PromiseJob {
        let job = try PromiseJob(.subreaper, "echo started; env | LC_ALL=C sort; printf '<%s>' \"$@\"")
        try job.tree.write(file, bytes)
        return job
    }

    private func refused(_ file: String, _ bytes: [UInt8], _ says: [String]) throws {
        let job = try job(file, bytes)
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("ConfigurationError: "), "\(ending.cause)")
        #expect(ending.result.output.isEmpty)
        for word in says { #expect(ending.cause.contains(word), "\(ending.cause)") }
    }

    @Test func noConfigurationAtAllIsTolerated() throws {
        let job = try PromiseJob(.subreaper, "echo started")
        defer { job.tree.remove() }
        _ = try Command("/bin/rm", ["-r", job.tree.base.appending("input").string]).run()
        let ending = try job.run()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.result.outputText == "started\n")
    }

    @Test(arguments: [
        "", "{", "{\"a\": 1", "{\"a\": 1,}", "{\"a\" 1}", "[1", "{\"a\": tru}", "{} {}", "{\"a\": \"\u{1}",
    ])
    func malformedJSONIsRefusedWithItsPlace(_ text: String) throws {
        for file in [Self.hyperparameters, "input/config/inputdataconfig.json", "input/config/resourceconfig.json"] {
            try refused(file, Array(text.utf8), [file, "line 1, column "])
        }
    }

    @Test func aByteOrderMarkIsSkippedAndUTF16IsRefused() throws {
        let text = Array("{\"sagemaker_program\": \"train.sh\"}".utf8)
        let job = try job(Self.hyperparameters, [0xef, 0xbb, 0xbf] + text)
        defer { job.tree.remove() }
        #expect(try job.run().status == 0)
        try refused(Self.hyperparameters, [0xff, 0xfe] + text.flatMap { [$0, 0] }, [Self.hyperparameters])
    }

    @Test(arguments: ["[]", "\"text\"", "null", "3"])
    func aTopLevelThatIsNoObjectIsRefused(_ text: String) throws {
        try refused(Self.hyperparameters, Array(text.utf8), [Self.hyperparameters, "object"])
    }

    @Test func ofTwoEqualKeysTheLastWinsEverywhere() throws {
        let job = try job(
            Self.hyperparameters,
            Array("{\"sagemaker_program\": \"train.sh\", \"lr\": 1, \"lr\": 2}".utf8)
        )
        defer { job.tree.remove() }
        let output = try job.run().result.outputText
        #expect(output.contains("\nSM_HP_LR=2\n"))
        #expect(output.contains("\nSM_HPS={\"lr\":2}\n"))
        #expect(output.hasSuffix("<--lr><2>"))
    }

    /// C05: as PID 1 a crash would be the container's end, without a word.
    @Test(arguments: Surroundings.available)
    func jsonThatIsTenThousandLevelsDeepIsNoCrash(_ surroundings: Surroundings) throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let job = try PromiseJob(surroundings, "echo started")
            defer { job.tree.remove() }
            let deep = String(repeating: open, count: 10_000) + "1" + String(repeating: close, count: 10_000)
            try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"deep\": \(deep)")
            let ending = try job.run()
            #expect([0, 1].contains(ending.status), "\(ending.errors.prefix(500))")
            #expect(ending.isConsistent)
        }
    }

    /// C06: no name makes a variable of another name, or two.
    @Test(arguments: ["a=b", "new\\nline", "a b", "1st", "é", ""])
    func anOddNameCorruptsNoVariable(_ name: String) throws {
        let job = try PromiseJob(.subreaper, "tr '\\0' '|' </proc/$$/environ")
        defer { job.tree.remove() }
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"\(name)\": \"value-0\"")
        let ending = try job.run()
        #expect([0, 1].contains(ending.status), "\(ending.errors)")
        for variable in ending.result.outputText.split(separator: "|") where ending.status == 0 {
            #expect(variable.contains("="), "\(variable)")
            #expect(!variable.hasPrefix("="), "\(variable)")
        }
    }

    @Test func namesThatMeetGiveTheSameResultEachTime() throws {
        var seen: Set<String> = []
        for _ in 0..<10 {
            let job = try job(
                Self.hyperparameters,
                Array(
                    "{\"sagemaker_program\": \"train.sh\", \"lr\": 1, \"LR\": 2, \"Lr\": 3, \"l-r\": 4, \"l.r\": 5}"
                        .utf8
                )
            )
            defer { job.tree.remove() }
            let output = try job.run().result.outputText
            seen.insert(output.split(separator: "\n").filter { $0.hasPrefix("SM_HP_L") }.joined(separator: "\n"))
        }
        #expect(seen.count == 1)
    }

    @Test(arguments: [
        "$(touch $ML/touched)", "`touch $ML/touched`", "a; touch $ML/touched", "it's \\\"quoted\\\"", "a\\nb", "*",
    ])
    func noValueMeetsAShell(_ value: String) throws {
        let job = try PromiseJob(.subreaper, "printf %s \"$2\"; echo; [ \"$2\" = \"$SM_HP_WORD\" ]")
        defer { job.tree.remove() }
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"word\": \"\(value)\"")
        let ending = try job.run()
        #expect(ending.status == 0, "\(ending.errors)")
        let plain = value == "a\\nb" ? "a\nb\n" : value.filter { $0 != "\\" } + "\n"
        #expect(ending.result.outputText == plain)
        #expect(!job.tree.exists("touched"))
    }

    @Test func aChannelWithoutADirectoryIsNamedAndTheJobGoesOn() throws {
        let job = try job(
            "input/config/inputdataconfig.json",
            Array("{\"absent\": {\"TrainingInputMode\": \"File\"}}".utf8)
        )
        defer { job.tree.remove() }
        try job.tree.makeDirectory("input/data/present")
        let ending = try job.run()
        #expect(ending.status == 0)
        for word in ["absent", "present"] { #expect(ending.errors.contains(word), "\(ending.errors)") }
    }

    @Test(.requires(.strace), arguments: ["../../../etc", "/etc", "a/../../b", "..", "."])
    func aChannelNameThatLeavesTheDirectoryIsRefused(_ name: String) throws {
        try refused("input/config/inputdataconfig.json", Array("{\"\(name)\": {}}".utf8), [name])
    }

    @Test(arguments: [
        "{\"current_host\": \"algo-9\", \"hosts\": [\"algo-1\", \"algo-2\"]}", "{\"hosts\": [\"algo-1\", \"algo-2\"]}",
        "{\"current_host\": \"algo-1\", \"hosts\": []}", "{\"current_host\": 3, \"hosts\": [\"algo-1\"]}",
    ])
    func hostsThatContradictEachOtherAreRefused(_ text: String) throws {
        try refused("input/config/resourceconfig.json", Array(text.utf8), ["resourceconfig.json"])
    }
}
