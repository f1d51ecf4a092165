import SystemPackage
import TestSupport
import Testing

/// P23, P24: terminals.
///
/// tini's tests with a tty, dumb-init's test_tty and test_child_gets_controlling_tty_if_we_had_one.
@Suite struct TerminalTests {
    /// Who leads the terminal's session.
    enum Place: String, CaseIterable, CustomStringConvertible {
        /// We, as PID 1: what `docker run -t` makes.
        case container = "as PID 1 that leads the session"
        /// We, not PID 1.
        case leader = "as the leader of the session"
        /// Our parent, as where a shell starts us.
        case belowShell = "below the leader of the session"

        var description: String { rawValue }

        static let available = Need.pidNamespaces.isMet && Need.root.isMet ? allCases : [.leader, .belowShell]

        func wrap(_ command: Command) -> Command {
            switch self {
            case .leader: return command
            case .belowShell: return Surroundings.subreaper.wrap(command)
            case .container:
                var leading = command
                leading.executable = "/usr/bin/setsid"
                leading.arguments = ["--ctty", command.executable] + command.arguments
                return Surroundings.pidOne.wrap(leading)
            }
        }
    }

    private func run(_ place: Place, _ words: [String], _ steps: [Terminal.Step]) throws -> Command.Result {
        let command = Command.supervised(words, environment: ["PROBE": Command.probe, "PS1": "$ "])
        return try Terminal.driving(place.wrap(command), steps).run()
    }

    @Test(arguments: Place.available)
    func aShellOnATerminalEndsWithItsCode(_ place: Place) throws {
        let result = try run(place, ["/bin/sh", "-i"], [.type("echo $((3*7))\n"), .expect("21"), .type("exit 7\n")])
        #expect(result.status == 7, "\(result.outputText) \(result.errorText)")
    }

    @Test(arguments: Place.available)
    func controlCReachesTheProgram(_ place: Place) throws {
        let result = try run(
            place,
            ["/bin/sh", "-c", "echo ready; exec sleep 60"],
            [.expect("ready"), .type("\u{3}")]
        )
        #expect(result.status == 130, "\(result.outputText) \(result.errorText)")
    }

    @Test(arguments: Place.available)
    func aProgramThatCatchesControlCGetsItOnce(_ place: Place) throws {
        let steps: [Terminal.Step] = [.expect("ready"), .type("\u{3}"), .expect("2\r\n"), .type("\u{1c}")]
        let result = try run(place, [Command.probe, "signals", "QUIT"], steps)
        #expect(result.status == 0, "\(result.errorText)")
        let numbers = result.outputText.split(whereSeparator: \.isWhitespace).map { $0.drop { !$0.isNumber } }
        #expect(numbers.filter { $0 == "2" }.count == 1, "\(result.outputText)")
        #expect(numbers.filter { $0 == "3" }.count == 1, "\(result.outputText)")
    }

    /// dumb-init's pull request 10: a program of a background group stops when it prints.
    @Test(arguments: Place.available)
    func aProgramMayPrintWhereBackgroundOutputStops(_ place: Place) throws {
        let result = try run(place, ["/bin/sh", "-c", "stty tostop; echo printed; stty -tostop"], [.expect("printed")])
        #expect(result.status == 0, "\(result.outputText) \(result.errorText)")
    }

    @Test(arguments: Place.available)
    func theTerminalIsTheProgramsControllingOne(_ place: Place) throws {
        let result = try run(place, [Command.probe, "state"], [.expect("terminal foreground")])
        #expect(result.status == 0, "\(result.outputText) \(result.errorText)")
        #expect(result.outputText.contains("fds: 0 1 2\r\n"))
    }

    @Test(arguments: Place.available)
    func aShellHasJobControl(_ place: Place) throws {
        let steps: [Terminal.Step] = [
            .type("sh -c 'echo u\"\"p; exec sleep 60'\n"), .expect("up"), .type("\u{1a}"), .expect("Stopped"),
            .type("bg\n"), .expect("sleep 60' &"), .type("kill %1; wait\n"), .type("echo $((6*7))\n"), .expect("42"),
            .type("exit 5\n"),
        ]
        let result = try run(place, ["/bin/bash", "--norc", "--noprofile", "-i"], steps)
        #expect(result.status == 5, "\(result.outputText) \(result.errorText)")
        #expect(!result.outputText.contains("no job control"))
        #expect(!result.outputText.contains("cannot set terminal process group"))
    }

    @Test(arguments: Place.available)
    func aNewSizeReachesTheProgram(_ place: Place) throws {
        let program = "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done"
        let result = try run(
            place,
            ["/bin/sh", "-c", program],
            [.expect("ready"), .resize(rows: 31, columns: 117), .expect("31 117")]
        )
        #expect(result.status == 0, "\(result.outputText) \(result.errorText)")
    }

    /// dumb-init's issue 136: giving the terminal up brings HUP and CONT, and a child that had them died of them.
    @Test(arguments: Place.available)
    func noHangUpReachesTheProgramAtItsStart(_ place: Place) throws {
        for _ in 0..<10 {
            let result = try run(place, ["/bin/sh", "-c", "exit 9"], [])
            #expect(result.status == 9, "\(result.outputText) \(result.errorText)")
        }
    }

    /// Ctrl-Z at a shell that started us stops both, and `fg` wakes both.
    @Test
    func controlZAndForegroundBelowAShell() throws {
        // Nothing is started after "ready": a child of vfork(2) that is stopped before its execve(2) holds its parent.
        let inner = Command.supervised([
            "/bin/sh", "-c", "trap 'echo up; exit 3' CONT; sleep 100 & echo ready; wait",
        ])
        let shell = Command("/bin/bash", ["--norc", "--noprofile", "-i"], environment: inner.environment)
        let result = try Terminal.driving(
            shell,
            [
                .type("stty -echo; PS1=; echo $((1+1))\n"), .expect("2\r\n"), .type(quoted(inner) + "\n"),
                .expect("ready"),
                .type("\u{1a}"), .expect("Stopped"), .type("echo $((40+2))\n"), .expect("42"), .type("fg\n"),
                .expect("up"),
                .type("exit $?\n"),
            ]
        ).run()
        #expect(result.status == 3, "\(result.outputText) \(result.errorText)")
    }

    /// P23: a terminal in whose background we are is no error, and does not stop us.
    @Test
    func aJobInTheBackgroundOfATerminalEnds() throws {
        let inner = Command.supervised(["/bin/sh", "-c", "echo from the background"])
        let shell = Command("/bin/bash", ["--norc", "--noprofile", "-i"], environment: inner.environment)
        let result = try Terminal.driving(
            shell,
            [
                .type("stty -echo; PS1=; echo $((1+1))\n"), .expect("2\r\n"),
                .type(quoted(inner) + " & wait $!; exit $?\n"), .expect("from the background"),
            ]
        ).run()
        #expect(result.status == 0, "\(result.outputText) \(result.errorText)")
    }

    @Test(arguments: Surroundings.available, ["<&-", "</dev/null", "<&- >&-", "<&- >&- 2>&-", ">&-", "2>&-"])
    func aClosedDescriptorIsNoError(_ surroundings: Surroundings, _ redirection: String) throws {
        let command = quoted(surroundings.wrap(Command.supervised(["/bin/sh", "-c", "exit 8"])))
        let result = try Command.shell("\(command) \(redirection)").run()
        #expect(result.status == 8, "\(result.errorText)")
        #expect(result.errors.isEmpty, "\(result.errorText)")
    }
}
