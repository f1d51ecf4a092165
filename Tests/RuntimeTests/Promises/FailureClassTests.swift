import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A failure of each known kind, provoked, and the line of advice that it gets.
@Suite struct FailureClassTests {
    struct Fixture: CustomTestStringConvertible, Sendable {
        let name: String
        /// The program; one that begins with "py:" is Python's.
        let program: String
        let status: Int32
        /// What the failure file has to say, in any order.
        let says: [String]

        init(_ name: String, _ program: String, _ status: Int32, _ says: String...) {
            (self.name, self.program, self.status, self.says) = (name, program, status, says)
        }

        var testDescription: String { name }
    }

    private func write(_ fixture: Fixture, to job: PromiseJob) throws {
        if fixture.program.hasPrefix("py:") {
            try job.tree.write("code/train.py", String(fixture.program.dropFirst(3)))
            try job.hyperparameters("\"sagemaker_program\": \"train.py\"")
        } else {
            try job.tree.write("code/program", fixture.program, mode: 0o755)
            try job.hyperparameters("\"sagemaker_program\": \"program\"")
        }
    }

    private func check(_ fixture: Fixture, _ ending: PromiseJob.Ending) {
        #expect(ending.status == fixture.status, "\(ending.errors)")
        #expect(ending.isConsistent)
        for text in fixture.says { #expect(ending.failure?.contains(text) == true, "\(ending.failure ?? "")") }
    }

    static let fixtures = [
        Fixture(
            "CUDA out of memory",
            "py:raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 15.78 GiB total capacity)')",
            1,
            "ExecuteUserScriptError: RuntimeError: CUDA out of memory",
            "smaller batches"
        ),
        Fixture(
            "torch's own class for it",
            "py:class OutOfMemoryError(RuntimeError): pass\nOutOfMemoryError.__module__ = 'torch'\n"
                + "raise OutOfMemoryError('CUDA out of memory. Tried to allocate 20.00 MiB.')",
            1,
            "torch.OutOfMemoryError",
            "smaller batches"
        ),
        Fixture(
            "NCCL timeout",
            "py:import os, sys\nsys.stderr.write('[rank1]:[E1120 ProcessGroupNCCL.cpp:616] [Rank 1] Watchdog caught collective "
                + "operation timeout: WorkNCCL(SeqNum=42, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600054 "
                + "milliseconds before timing out.\\n')\nsys.stderr.flush()\nos.abort()",
            134,
            "Watchdog caught collective operation timeout",
            "another rank"
        ),
        Fixture(
            "missing module",
            "py:import no_such_module.inner",
            1,
            "ModuleNotFoundError: No module named 'no_such_module'",
            "requirements.txt"
        ),
        Fixture(
            "missing channel",
            "py:import os\nopen(os.environ['ML'] + '/input/data/testing/data.csv')",
            1,
            "FileNotFoundError",
            "training",
            "validation"
        ),
        Fixture(
            "permission",
            "py:import errno, os\nraise PermissionError(errno.EACCES, os.strerror(errno.EACCES), '/data/secret.bin')",
            1,
            "PermissionError",
            "owner or mode"
        ),
        Fixture("CRLF in a shebang", "#!/bin/sh\r\necho started\r\nexit 0\r\n", 127, "CRLF"),
        Fixture("missing interpreter", "#!/usr/bin/no-such-interpreter\n", 127, "/usr/bin/no-such-interpreter"),
        Fixture(
            "architecture mismatch",
            "\u{7f}ELF\u{1}\u{1}\u{1}\0\0\0\0\0\0\0\0\0\u{2}\0\u{28}\0",
            126,
            "it is a program for 32-bit Arm, and this machine cannot run it"
        ),
        Fixture(
            "the last line of a program without a traceback",
            "echo first >&2; echo last words >&2; exit 3",
            3,
            ": last words\n"
        ),
        Fixture("a program that says nothing", "exit 3", 3, "exit code 3"),
    ]

    @Test(arguments: fixtures, Surroundings.available)
    func aKnownKindIsNamedWithAdvice(_ fixture: Fixture, _ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "")
        defer { job.tree.remove() }
        for channel in ["training", "validation"] { try job.tree.makeDirectory("input/data/\(channel)") }
        try write(fixture, to: job)
        check(fixture, try job.run())
    }

    /// P04: the kernel's counter says it, not a guess from 137.
    @Test(.requires(.memoryGroup), arguments: Surroundings.available)
    func aKillForLackOfMemoryIsNamed(_ surroundings: Surroundings) throws {
        let group = try MemoryGroup(bytes: 96 << 20)
        defer { group.remove() }
        let fixture = Fixture(
            "out of memory",
            "py:x = []\nwhile True: x.append(bytearray(b'x' * (1 << 20)))",
            137,
            "Signal SIGKILL (9)",
            "Out of memory",
            "96 MiB"
        )
        let job = try PromiseJob(surroundings, "")
        defer { job.tree.remove() }
        try write(fixture, to: job)
        check(fixture, job.ending(try group.wrap(job.command()).run()))
    }

    @Test(arguments: Surroundings.available)
    func aKillBySomebodyIsNotTakenForLackOfMemory(_ surroundings: Surroundings) throws {
        let ending = try PromiseJob.run(surroundings, "kill -9 $$")
        #expect(ending.status == 137)
        #expect(ending.failure?.lowercased().contains("memory") == false, "\(ending.failure ?? "")")
    }

    @Test(
        .requires(.mounts),
        arguments: [
            Fixture(
                "bus error in a full /dev/shm",
                "py:import mmap, os\nf = open('/dev/shm/block', 'w+b')\nf.truncate(1 << 20)\nm = mmap.mmap(f.fileno(), 1 << 20)\n"
                    + "m.write(b'x' * (1 << 20))",
                135,
                "Signal SIGBUS (7)",
                "/dev/shm"
            ),
            Fixture(
                "a file system that is full",
                "py:import os\nf = open(os.environ['SM_OUTPUT_DATA_DIR'] + '/big', 'wb', 0)\nfor n in range(100): f.write(b'x' * 65536)",
                1,
                "No space left on device",
                "output/data"
            ),
        ]
    )
    func aFullFileSystemIsNamed(_ fixture: Fixture) throws {
        let job = try PromiseJob(.subreaper, "")
        defer { job.tree.remove() }
        try write(fixture, to: job)
        let inner = job.command()
        let text =
            "mount -t tmpfs -o size=128k none /dev/shm && mount -t tmpfs -o size=256k none \"$ML/output/data\" && exec \"$@\""
        var command = inner
        command.executable = Command.unshare
        command.arguments =
            Command.namespaceOptions + ["--mount", "/bin/sh", "-c", text, "sh", inner.executable] + inner.arguments
        check(fixture, job.ending(try command.run()))
    }
}
