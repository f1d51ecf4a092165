import Testing

@testable import ContainerRuntime

@Suite struct RootCauseTests {
    private func line(_ text: String) -> String? { RootCause(tail: Array(text.utf8))?.line }

    private static let frame = "Traceback (most recent call last):\n  File \"train.py\", line 1, in <module>\n    f()\n"

    @Test(
        arguments: [
            ("", nil),
            ("\n \n", nil),
            ("plain words\n", "plain words"),
            (frame + "ValueError: bad\n", "ValueError: bad"),
            (
                frame + "torch.cuda.OutOfMemoryError: CUDA out of memory.\nTried 2 GiB\nand more\n",
                "torch.cuda.OutOfMemoryError: CUDA out of memory."
            ),
            (frame + "KeyboardInterrupt\n", "KeyboardInterrupt"),
            (frame + "my.Weird: x\n", "my.Weird: x"),
            (
                frame + "ImportError: early\n" + String(repeating: "step\n", count: 60) + "fatal: no data\n",
                "fatal: no data"
            ),
            (
                frame + "KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n"
                    + frame + "RuntimeError: b\n", "RuntimeError: b"
            ),
            ("10%\r50%\r100% done\n", "100% done"),
            ("\u{1b}[31mError: red\u{1b}[0m\n", "Error: red"),
            ("no line end", "no line end"),
        ] as [(String, String?)]
    )
    func theLineThatSaysWhyIsFound(_ text: String, _ expected: String?) {
        #expect(line(text) == expected)
    }

    @Test func pipsOwnErrorLineBeatsWhatComesAfter() {
        let text = "ERROR: Could not find a version\nERROR: No matching distribution found for nope\n\nhint: look\n"
        #expect(RootCause.ofInstaller(tail: Array(text.utf8))?.line == "ERROR: No matching distribution found for nope")
    }

    @Test func invalidUTF8IsShownAndBreaksNothing() {
        let bytes = Array("bad ".utf8) + [0xff, 0xfe] + Array(" end\n".utf8)
        #expect(RootCause(tail: bytes)?.line == "bad \u{fffd}\u{fffd} end")
    }

    @Test func aCutOffFirstLineDoesNotCount() {
        let cause = RootCause(tail: Array("half a line\nwhole\n".utf8), isWhole: false)
        #expect(cause?.context == ["whole"])
    }

    @Test func theTracebackIsTheContext() {
        let text = "noise\n" + Self.frame + "ValueError: bad\n"
        #expect(RootCause(tail: Array(text.utf8))?.context.first == "Traceback (most recent call last):")
    }
}
