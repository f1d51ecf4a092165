import TestSupport
import Testing

/// What mpirun's ranks said is passed on however slow the reader is.
@Suite(.timeLimit(.minutes(60)))
struct SlowReaderTests {
    /// A rank outlives its mpirun, and the reader takes longer than a pipe is held.
    @Test func theEndOfALongOutputWaitsForItsReader() throws {
        let program = """
            import subprocess, sys, time
            words = [sys.argv[1], "internal", "lines", "per-host=1", "host=h", "json=false", "passes-signals=true", "--",
                     "/bin/sh", "-c", "(head -c 300000 /dev/zero | tr '\\\\0' x; echo; echo end) & exit 0"]
            child = subprocess.Popen(words, stdout=subprocess.PIPE, bufsize=0)
            found = b""
            while True:
                piece = child.stdout.read(4096)
                if not piece:
                    break
                found += piece
                time.sleep(0.1)
            print(len(found), found[-5:], child.wait())
            """
        let result = try Command("/usr/bin/python3", ["-c", program, Command.train]).run()
        #expect(result.outputText == "300005 b'\\nend\\n' 0\n", "\(result.errorText)")
    }
}
