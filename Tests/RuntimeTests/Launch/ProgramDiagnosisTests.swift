import SystemPackage
import Testing

@testable import ContainerRuntime

@Suite struct ProgramDiagnosisTests {
    @Test(
        arguments: [
            ("#!/bin/sh\n", "/bin/sh", nil, false),
            ("#! /usr/bin/env  python3 -u\nx", "/usr/bin/env", " python3 -u", false),
            ("#!/bin/sh\r\necho\r\n", "/bin/sh", nil, true),
            ("#!/bin/bash -e\r\n", "/bin/bash", "-e", true),
        ] as [(String, String, String?, Bool)]
    )
    func theFirstLineIsReadAsTheKernelReadsIt(
        _ text: String,
        _ path: String,
        _ argument: String?,
        _ returns: Bool
    ) throws {
        let interpreter = try #require(Interpreter(head: Array(text.utf8)))
        #expect(interpreter.path == path)
        #expect(interpreter.argument == argument)
        #expect(interpreter.endsInReturn == returns)
    }

    @Test(arguments: ["", "#", "echo\n", " #!/bin/sh\n", "#!\n"])
    func otherFirstLinesNameNone(_ text: String) {
        #expect(Interpreter(head: Array(text.utf8)) == nil)
    }

    @Test func aProgramForAnotherProcessorIsNamed() {
        var head = [0x7f] + Array("ELF".utf8) + [2, 1, 1] + [UInt8](repeating: 0, count: 13)
        head[18] = 183
        #expect(ProgramFormat.name(of: head) == "a program for 64-bit Arm")
        head[5] = 2
        (head[18], head[19]) = (0, 22)
        #expect(ProgramFormat.name(of: head) == "a program for S/390")
        #expect(ProgramFormat.name(of: Array("MZ".utf8)) == "a program for Windows")
        #expect(ProgramFormat.name(of: []) == "an empty file")
    }

    @Test(arguments: [
        ("sh", "/nonexistent:/bin", true), ("sh", "/nonexistent", false), ("/bin/sh", "", true), ("", "/bin", false),
        ("bin", "/", false),
    ])
    func commandsAreLookedForAsExecvpDoes(_ name: String, _ path: String, _ isFound: Bool) throws {
        let result = ExecutableSearch.find(try #require(RawString(name)), path: RawString(path))
        if case .found = result { #expect(isFound) } else { #expect(!isFound) }
    }

    @Test func aDirectoryIsSaidToBeOne() {
        #expect(ExecutableSearch.find("/etc", path: nil) == .unusable("/etc", .isDirectory))
    }
}
