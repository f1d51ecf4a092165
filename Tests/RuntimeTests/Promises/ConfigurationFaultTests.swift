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

    @Test(arguments: [("[]", "a list"), ("\"text\"", "a string"), ("null", "null"), ("3", "a number")])
    func aTopLevelThatIsNoObjectIsRefused(_ text: String, _ found: String) throws {
        for file in [Self.hyperparameters, "input/config/inputdataconfig.json", "input/config/resourceconfig.json"] {
            try refused(file, Array(text.utf8), ["\(file): an object is expected, found \(found)"])
        }
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
    func jsonThatIsTenThousandLevelsDeepIsRefusedAndNoCrash(_ surroundings: Surroundings) throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let job = try PromiseJob(surroundings, "echo started")
            defer { job.tree.remove() }
            let deep = String(repeating: open, count: 10_000) + "1" + String(repeating: close, count: 10_000)
            try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"deep\": \(deep)")
            let ending = try job.run()
            #expect(ending.status == 1, "\(ending.errors.prefix(500))")
            #expect(ending.isConsistent)
            #expect(ending.result.output.isEmpty)
            for word in [Self.hyperparameters, "at most 1,000 levels"] {
                #expect(ending.cause.contains(word), "\(ending.cause)")
            }
        }
    }

    /// The same in a text, which is JSON for the second decoding alone: the key is what can be told.
    @Test func aTextThatIsTenThousandLevelsDeepIsRefusedByItsKey() throws {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        let text = "{\"sagemaker_program\": \"train.sh\", \"deep\": \"\(deep)\"}"
        try refused(Self.hyperparameters, Array(text.utf8), ["\"deep\" must be nested at most 1000 levels deep"])
    }

    /// C06: no name makes a variable of another name, or two.
    ///
    /// Each is an argument as it is; nil is a name that no variable can have.
    @Test(
        arguments: [
            ("a=b", "--a=b", nil), ("new\\nline", "--new\nline", "SM_HP_NEW\nLINE"), ("a b", "--a b", "SM_HP_A B"),
            ("1st", "--1st", "SM_HP_1ST"), ("é", "-é", "SM_HP_É"), ("", "", "SM_HP_"),
        ] as [(String, String, String?)]
    )
    func anOddNameCorruptsNoVariable(_ name: String, _ word: String, _ variable: String?) throws {
        let job = try PromiseJob(.subreaper, "tr '\\0' '|' </proc/$$/environ; printf '<%s>' \"$@\"")
        defer { job.tree.remove() }
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"\(name)\": \"value-0\"")
        let ending = try job.run()
        #expect(ending.status == 0, "\(ending.errors)")
        let parts = ending.result.outputText.split(separator: "|")
        #expect(parts.last.map(String.init) == "<\(word)><value-0>")
        for part in parts.dropLast() { #expect(part.contains("=") && !part.hasPrefix("="), "\(part)") }
        let named = parts.dropLast().filter { $0.hasSuffix("=value-0") }.map(String.init)
        #expect(named == [variable.map { "\($0)=value-0" }].compactMap(\.self))
        if variable == nil { #expect(ending.errors.contains("warning: ") && ending.errors.contains(name)) }
    }

    @Test(arguments: ["\"a\\u0000b\": \"v\"", "\"key\": \"a\\u0000b\""])
    func aNULIsRefusedSinceNoArgumentCanHoldIt(_ member: String) throws {
        try refused(
            Self.hyperparameters,
            Array("{\"sagemaker_program\": \"train.sh\", \(member)}".utf8),
            ["holds a NUL", member.hasPrefix("\"key") ? "\"key\"" : "hyperparameter \"a"]
        )
    }

    /// C07: the last one of the file wins, a name's own form before one with replaced letters.
    @Test func namesThatMeetGiveTheSameResultEachTime() throws {
        let names = "\"lr\": 1, \"LR\": 2, \"Lr\": 3, \"l_r\": 6, \"l-r\": 4, \"l.r\": 5"
        for _ in 0..<10 {
            // A shell leaves out of its own environment what it could not name.
            let job = try PromiseJob(.subreaper, "tr '\\0' '\\n' </proc/$$/environ")
            defer { job.tree.remove() }
            try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \(names)")
            let found = try job.run().result.outputText.split(separator: "\n").filter { $0.hasPrefix("SM_HP_") }
                .sorted()
            #expect(found == ["SM_HP_L-R=4", "SM_HP_L.R=5", "SM_HP_LR=3", "SM_HP_L_R=6"])
        }
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

    /// Code that lies in the image wins, and whoever named another place learns that it was not asked.
    @Test func codeThatIsThereIsUsedAndTheOtherPlaceIsNamed() throws {
        let job = try PromiseJob(.subreaper, "echo in place")
        defer { job.tree.remove() }
        let ending = try job.run(["SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/sourcedir.tar.gz"])
        #expect(ending.status == 0 && ending.result.outputText == "in place\n", "\(ending.errors)")
        let words = "\(job.tree.base)/code has code in it; s3://bucket/sourcedir.tar.gz is left alone"
        #expect(ending.errors.contains(words), "\(ending.errors)")
    }

    /// C10: it is refused by its name alone; nothing outside is so much as looked at.
    @Test(.requires(.strace), arguments: ["../../../etc", "/etc", "a/../../b", "..", "."])
    func aChannelNameThatLeavesTheDirectoryIsRefused(_ name: String) throws {
        try refused("input/config/inputdataconfig.json", Array("{\"\(name)\": {}}".utf8), [name])
        let job = try job("input/config/inputdataconfig.json", Array("{\"\(name)\": {}}".utf8))
        defer { job.tree.remove() }
        let trace = job.tree.scratch.appending("trace").string
        var command = job.command()
        command.arguments = ["-f", "-o", trace, "-e", "trace=%file", Command.train]
        command.executable = "/usr/bin/strace"
        #expect(try command.run().status == 1)
        let calls = try Command("/bin/cat", [trace]).run().outputText
        // The search itself finds what was opened.
        #expect(calls.contains("inputdataconfig.json\""))
        for path in ["\"/etc\"", "input/data/\(name)\"", "input/data/\(name)/"] {
            #expect(!calls.contains(path), "\(path)")
        }
    }

    @Test(arguments: [
        "{\"current_host\": \"algo-9\", \"hosts\": [\"algo-1\", \"algo-2\"]}", "{\"hosts\": [\"algo-1\", \"algo-2\"]}",
        "{\"current_host\": \"algo-1\", \"hosts\": []}", "{\"current_host\": 3, \"hosts\": [\"algo-1\"]}",
    ])
    func hostsThatContradictEachOtherAreRefused(_ text: String) throws {
        try refused("input/config/resourceconfig.json", Array(text.utf8), ["resourceconfig.json"])
    }
}
