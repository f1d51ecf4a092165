import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// P17, P18, P27: nobody's children stay zombies.
///
/// tini's reaping test with its negative, dumb-init's test-zombies.
@Suite struct ReapingTests {
    /// How long the oldest zombie below a process stayed one, in samples of at least 100 ms, until the command ended or
    /// there were more than ten.
    private func longestZombie(below running: RunningCommand) -> Int {
        var ages: [Int32: Int] = [:]
        var longest = 0
        _ = running.wait { running in
            let zombies = Set(ProcessEntry.descendants(of: running.pid).filter { $0.state == "Z" }.map(\.pid))
            ages = ages.filter { zombies.contains($0.key) }
            for pid in zombies { ages[pid, default: 0] += 1 }
            longest = max(longest, ages.values.max() ?? 0)
            usleep(100_000)
            return running.hasEnded || longest > 10
        }
        return longest
    }

    private let orphans = [Command.probe, "orphans", "100", "1500", "1500"]

    @Test(arguments: Surroundings.available)
    func orphansOfAProgramAreReaped(_ surroundings: Surroundings) throws {
        let running = try surroundings.wrap(Command.supervised(orphans)).start()
        #expect(longestZombie(below: running) <= 10)
        let result = running.wait()
        #expect(result.status == 0)
        #expect(result.outputText == "ready\n")
    }

    /// The negative control: under a parent that knows nothing of orphans the same program leaves zombies, and the same
    /// eyes see them.
    @Test(arguments: Surroundings.available)
    func withoutReapingTheZombiesAreSeen(_ surroundings: Surroundings) throws {
        let orphans = [Command.probe, "orphans", "100", "1500", "60000"]
        let running = try surroundings.wrap(Command(Command.probe, ["parent", "--deaf", "--"] + orphans)).start()
        #expect(longestZombie(below: running) > 10)
        for process in ProcessEntry.descendants(of: running.pid) { kill(process.pid, SIGKILL) }
        running.send(SIGKILL)
        _ = running.wait()
    }

    @Test(arguments: Surroundings.available)
    func orphansOfAJobAreReaped(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "exec \"$PROBE\" orphans 100 1500 1500")
        defer { job.tree.remove() }
        let running = try job.command().start()
        #expect(longestZombie(below: running) <= 10)
        #expect(job.ending(running.wait()).isConsistent)
    }

    /// P18: SIGCHLD coalesces; the program's own end must not be lost among its orphans'.
    @Test(arguments: Surroundings.available, [0, 3])
    func aProgramAndItsOrphansMayEndAtTheSameInstant(_ surroundings: Surroundings, _ status: Int) throws {
        let command = surroundings.wrap(Command.supervised([Command.probe, "burst", "200", "\(status)"]))
        let text = "for i in $(seq 50); do \(quoted(command)); echo $?; done"
        let result = try Command.shell(text).run()
        #expect(!result.timedOut)
        #expect(result.outputText.split(separator: "\n") == Array(repeating: "\(status)", count: 50))
    }

    /// P19: the end may come before the first wait.
    @Test(arguments: Surroundings.available)
    func aProgramMayEndAtOnce(_ surroundings: Surroundings) throws {
        let commands = [127, 126, 255, 0].map { code in
            quoted(surroundings.wrap(Command.supervised([Command.probe, "burst", "0", "\(code)"]))) + "; echo $?"
        }
        let text = "for i in $(seq 25); do \(commands.joined(separator: "; ")); done"
        let result = try Command.shell(text).run()
        let once = ["127", "126", "255", "0"]
        #expect(result.outputText.split(separator: "\n").map(String.init) == (0..<25).flatMap { _ in once })
    }

    @Test func anOrdinaryProcessBecomesTheReaperOfItsDescendants() throws {
        // Not under another reaper: a plain child of this test.
        let running = try Command.supervised([Command.probe, "linger", "--session"]).start()
        let result = running.wait()
        let pid = try #require(Int32(result.outputText.split(separator: " ").last?.dropLast() ?? ""))
        // What died just before us may be a zombie of the first process for a moment, and its number somebody else's then.
        #expect(ProcessEntry.of(pid).map { $0.state == "Z" || $0.name != "probe" } ?? true)
    }
}
