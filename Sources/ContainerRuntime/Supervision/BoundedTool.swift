import CLinux
import Logging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Runs a small tool before there is a supervisor: 5 seconds and 1 MiB of output at most, in a session of its own.
public enum BoundedTool {
    private static let bytesAtMost = 1 << 20

    /// What a tool printed on stdout, or nil where it could not be started, failed, or took too long.
    public static func output(_ path: FilePath, _ arguments: [String]) -> [UInt8]? {
        output(path, arguments, seconds: 5)
    }

    static func output(_ path: FilePath, _ arguments: [String], seconds: Double) -> [UInt8]? {
        let words = ([path.string] + arguments).compactMap { RawString($0) }
        let step = Step(name: path.string, executable: path, arguments: words, environment: RawString.environment())
        return output(step, seconds: seconds)
    }

    /// What a step printed on stdout, or nil where it could not be started, failed, or took too long.
    static func output(_ step: Step, seconds: Double) -> [UInt8]? {
        var ends = (read: Int32(-1), write: Int32(-1))
        guard linux_pipe(&ends.read, &ends.write) == 0 else { return nil }
        let reader = OwnedDescriptor(ends.read)
        let writer = OwnedDescriptor(ends.write)
        guard let pid = start(step, standardOutput: writer.rawValue) else { return nil }
        do {
            // Only the tool may hold the writing end, or its end would never be seen.
            try writer.close()
        } catch {
            log.debug("\(step.name): \(error)")
        }
        let output = read(reader.rawValue, until: now + seconds)
        // An orderly tool has ended by now; one that closed its output and stays is ended all the same.
        if output == nil, pid > 1 { _ = kill(-pid, SIGKILL) }
        return wait(pid, until: now + 1) == 0 ? output : nil
    }

    private static func start(_ step: Step, standardOutput: Int32) -> Int32? {
        var pid: Int32 = 0
        let nowhere = OwnedDescriptor(open("/dev/null", O_RDWR | O_CLOEXEC))
        var request = linux_spawn_request()
        request.standard_input = nowhere.rawValue
        request.standard_output = standardOutput
        request.standard_error = nowhere.rawValue
        request.new_session = 1
        // No terminal is handed to it; 0 would be one.
        request.foreground_terminal = -1
        let error = step.arguments.withCStrings { arguments in
            step.environment.withCStrings { environment in
                step.executable.withPlatformString { executable in
                    (step.workingDirectory ?? ".").withPlatformString { directory in
                        arguments.withUnsafeBufferPointer { arguments in
                            environment.withUnsafeBufferPointer { environment in
                                request.executable = executable
                                request.working_directory = directory
                                request.arguments = arguments.baseAddress
                                request.environment = environment.baseAddress
                                return linux_spawn(&request, &pid)
                            }
                        }
                    }
                }
            }
        }
        return error == 0 && pid > 1 ? pid : nil
    }

    private static func read(_ descriptor: Int32, until end: Double) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while output.count < bytesAtMost {
            let rest = end - now
            guard rest > 0 else { return nil }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, Int32(rest * 1_000) + 1) <= 0 { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return output }
            if count > 0 { output += buffer[..<count] } else if errno != EAGAIN, errno != EINTR { return nil }
        }
        return nil
    }

    /// The wait status of the tool; it is killed when the time is over, and then waited for once more.
    private static func wait(_ pid: Int32, until end: Double) -> Int32? {
        var status: Int32 = 0
        while true {
            let answer = waitpid(pid, &status, WNOHANG)
            if answer == pid { return status }
            if answer < 0, errno != EINTR { return nil }
            if now > end {
                _ = kill(-pid, SIGKILL)
                // A process in an uninterruptible sleep does not end; the supervisor collects it later.
                usleep(50_000)
                return waitpid(pid, &status, WNOHANG) == pid ? status : nil
            }
            usleep(1_000)
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
