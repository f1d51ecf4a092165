import CLinux
import Glibc
import Logging
public import SystemPackage

/// Runs a small tool before there is a supervisor: 5 seconds and 1 MiB of output at most, in a session of its own.
///
/// It waits by itself: there is no loop to share yet, and where signals are not blocked none can be read as data.
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
        do throws(Errno) {
            let pipe = try PipeEnds()
            let reader = OwnedDescriptor(pipe.read)
            let tool = try start(step, output: OwnedDescriptor(pipe.write))
            let output: [UInt8]?
            do throws(Errno) {
                output = try read(reader, until: .now + .seconds(seconds))
            } catch {
                log.debug("\(step.name): its output cannot be read: \(error)")
                output = nil
            }
            // An orderly tool has ended by now; one that closed its output and stays is ended all the same.
            if output == nil { tool.sendToGroup(.kill) }
            return endsWell(tool, until: .now + .seconds(1)) ? output : nil
        } catch {
            log.debug("\(step.name): cannot be started: \(error)")
            return nil
        }
    }

    /// Only the tool may hold the writing end afterwards, or its end would never be seen.
    private static func start(_ step: Step, output: consuming OwnedDescriptor) throws(Errno) -> ProcessID {
        var spawn = ProcessSpawn(step)
        (spawn.input, spawn.output, spawn.errors) = (.nothing, .descriptor(output.rawValue), .nothing)
        return try spawn.start()
    }

    private static func read(_ source: borrowing OwnedDescriptor, until end: Instant) throws(Errno) -> [UInt8]? {
        let descriptor = source.rawValue
        var poller = Poller()
        poller.add(descriptor, .readable)
        poller.wake(at: end)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while output.count < bytesAtMost, Instant.now < end {
            // A signal, which may not be blocked by now, ends the wait early.
            guard try poller.wait() else { continue }
            let count = try SystemCall.value { Glibc.read(descriptor, &buffer, buffer.count) }
            if count == 0 { return output }
            output += buffer[..<count]
        }
        return nil
    }

    /// Whether the tool ended with 0; it is killed when its time is over.
    private static func endsWell(_ tool: ProcessID, until end: Instant) -> Bool {
        // There is none before Linux 5.3 and in some sandboxes: then its end is looked for every millisecond.
        let process = OwnedDescriptor(linux_open_process(tool.rawValue))
        var (end, isKilled) = (end, false)
        var change = linux_child_change()
        while true {
            let answer = linux_collect_child(tool.rawValue, 0, &change)
            guard answer == 0 else { return answer == 1 && change.exited == 1 && change.code == 0 }
            if Instant.now >= end {
                // A process in an uninterruptible sleep does not end; the supervisor collects it later.
                if isKilled { return false }
                tool.sendToGroup(.kill)
                (end, isKilled) = (.now + .milliseconds(50), true)
            }
            var poller = Poller()
            poller.add(process.rawValue, .readable)
            poller.wake(at: process.rawValue < 0 ? .now + .milliseconds(1) : end)
            // Where there is no memory to wait, it is asked at once again, for as long as it has.
            _ = try? poller.wait()
        }
    }
}
