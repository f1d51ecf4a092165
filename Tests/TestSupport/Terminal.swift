/// A command on a pseudo-terminal that a script types at: Python's pty module is the stranger that judges.
public struct Terminal: Sendable {
    /// What happens on the terminal, in order.
    public enum Step: Sendable {
        /// Waits until this text has been printed behind what the last step saw.
        case expect(String)
        /// Types this text.
        case type(String)
        /// Gives the terminal another size.
        case resize(rows: Int, columns: Int)
    }

    private static let driver = """
        import fcntl, os, pty, select, struct, sys, termios, time
        end = time.monotonic() + 40
        split = sys.argv.index("--")
        steps, command = sys.argv[1:split], sys.argv[split + 1:]
        pid, master = pty.fork()
        if pid == 0:
            os.execvp(command[0], command)
        seen = b""
        def read(wait):
            ready = select.select([master], [], [], wait)[0]
            if not ready:
                return True
            try:
                data = os.read(master, 65536)
            except OSError:
                return False
            os.write(1, data)
            global seen
            seen += data
            return bool(data)
        for step in steps:
            kind, _, text = step.partition(":")
            if kind == "expect":
                wanted = text.encode()
                while wanted not in seen:
                    if time.monotonic() > end or not read(0.05):
                        os.write(2, b"not printed: " + wanted + b"\\n")
                        os.kill(pid, 9)
                        sys.exit(98)
                seen = seen[seen.index(wanted) + len(wanted):]
            elif kind == "type":
                os.write(master, text.encode())
            else:
                rows, columns = map(int, text.split("x"))
                fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        while time.monotonic() < end:
            open_ = read(0.05)
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                while select.select([master], [], [], 0)[0] and read(0):
                    pass
                sys.exit(os.waitstatus_to_exitcode(status) % 256)
            if not open_:
                time.sleep(0.02)
        os.write(2, b"never ended\\n")
        os.kill(pid, 9)
        sys.exit(97)
        """

    /// The command on a terminal of its own, whose session it leads; stdout is what the terminal showed.
    public static func driving(_ command: Command, _ steps: [Step]) -> Command {
        let words = steps.map { step in
            switch step {
            case .expect(let text): "expect:\(text)"
            case .type(let text): "type:\(text)"
            case .resize(let rows, let columns): "resize:\(rows)x\(columns)"
            }
        }
        var driven = command
        driven.executable = Command.python
        driven.arguments = ["-ISc", driver] + words + ["--", command.executable] + command.arguments
        driven.environment["TERM"] = "dumb"
        return driven
    }
}
