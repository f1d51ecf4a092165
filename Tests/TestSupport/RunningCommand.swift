import CLinux
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A command that was started; its output is read by a thread of its own, so that it never waits for the test.
public final class RunningCommand: Sendable {
    /// The number of the process.
    public let pid: Int32
    private let limit: Double

    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var open = 2
        var status: Int32?
        var endedAt = 0.0
    }
    private let state = Mutex(State())

    init(_ command: Command) throws(Errno) {
        limit = command.limit
        var input = (read: Int32(-1), write: Int32(-1))
        var output = (read: Int32(-1), write: Int32(-1))
        var errors = (read: Int32(-1), write: Int32(-1))
        for error in [
            linux_pipe(&input.read, &input.write), linux_pipe(&output.read, &output.write),
            linux_pipe(&errors.read, &errors.write),
        ] where error != 0 { throw Errno(rawValue: error) }
        defer { for descriptor in [input.read, output.write, errors.write] { close(descriptor) } }

        let words = [command.executable] + command.arguments
        let variables = command.environment.map { "\($0.key)=\($0.value)" }
        var argv = words.map { strdup($0) } + [nil]
        var envp = variables.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        let directory = strdup(command.workingDirectory ?? "/")
        defer { free(directory) }
        var child: Int32 = 0
        let error = command.executable.withCString { executable in
            argv.withUnsafeMutableBufferPointer { argv in
                envp.withUnsafeMutableBufferPointer { envp in
                    var request = linux_spawn_request()
                    request.executable = executable
                    request.arguments = UnsafePointer(argv.baseAddress)
                    request.environment = UnsafePointer(envp.baseAddress)
                    request.working_directory = UnsafePointer(directory)
                    (request.standard_input, request.standard_output) = (input.read, output.write)
                    request.standard_error = errors.write
                    request.new_session = 1
                    request.foreground_terminal = -1
                    return JobTree.spawning.withLock { _ in linux_spawn(&request, &child) }
                }
            }
        }
        guard error == 0 else {
            for descriptor in [input.write, output.read, errors.read] { close(descriptor) }
            throw Errno(rawValue: error)
        }
        pid = child
        Self.detach { [text = command.input, descriptor = input.write] in
            signal(SIGPIPE, SIG_IGN)
            var rest = text[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count <= 0 { break }
                rest = rest.dropFirst(count)
            }
            close(descriptor)
        }
        Self.detach { [self, descriptor = output.read] in collect(descriptor) { $0.output += $1 } }
        Self.detach { [self, descriptor = errors.read] in collect(descriptor) { $0.errors += $1 } }
        Self.detach { [self] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            // Its number is free from here on, and under the lock nobody sends it a signal.
            state.withLock {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
                ($0.status, $0.endedAt) = (code, Self.now)
            }
        }
    }

    /// Sends a signal to the command alone.
    public func send(_ signal: Int32) {
        state.withLock { if $0.status == nil, pid > 1 { kill(pid, signal) } }
    }

    /// The bytes that have been printed so far.
    public var outputBytes: [UInt8] { state.withLock { $0.output } }
    /// What has been printed so far.
    public var outputText: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    /// What has been printed on stderr so far.
    public var errorText: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// Waits until the condition holds, and says whether it did within the limit.
    public func wait(for seconds: Double = 150, until condition: (RunningCommand) -> Bool) -> Bool {
        let end = Self.now + seconds
        while Self.now < end {
            if condition(self) { return true }
            usleep(2_000)
        }
        return condition(self)
    }

    /// Waits for the end of the command and of its output; kills its session when the limit is over.
    public func wait() -> Command.Result {
        let ended = wait(for: limit) { $0.state.withLock { $0.status != nil && $0.open == 0 } }
        if !ended, pid > 1 {
            // Programs of a supervisor have sessions of their own.
            for process in ProcessEntry.descendants(of: pid) where process.pid > 1 { kill(process.pid, SIGKILL) }
            kill(-pid, SIGKILL)
            kill(pid, SIGKILL)
            _ = wait(for: 5) { $0.state.withLock { $0.status != nil } }
        }
        return state.withLock {
            Command.Result(status: $0.status ?? -1, output: $0.output, errors: $0.errors, timedOut: !ended)
        }
    }

    /// Whether the command has ended and all that it printed is here; what it left running may hold its output open, and is
    /// waited for two seconds.
    public var hasEnded: Bool {
        state.withLock { $0.status != nil && ($0.open == 0 || Self.now >= $0.endedAt + 2) }
    }

    private func collect(_ descriptor: Int32, _ add: (inout State, ArraySlice<UInt8>) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            state.withLock { add(&$0, buffer[..<count]) }
        }
        close(descriptor)
        state.withLock { $0.open -= 1 }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func detach(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let error = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        if error == 0 { pthread_detach(thread) } else { box.release() }
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        func run() { body() }
    }
}
