#if canImport(Glibc)
import Glibc
#endif

/// One process as /proc/PID/stat tells it: proc(5).
public struct ProcessEntry: Sendable {
    /// Its number, as seen from here.
    public let pid: Int32
    /// Its parent's number.
    public let parent: Int32
    /// `Z` for a zombie, `T` for a stopped one.
    public let state: Character
    /// The first 15 bytes of the program's name.
    public let name: String

    /// All processes that can be seen from here.
    public static func all() -> [ProcessEntry] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var entries: [ProcessEntry] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = Int32(name), let process = of(pid) { entries.append(process) }
        }
        return entries
    }

    /// One process, or nil when it is gone.
    public static func of(_ pid: Int32) -> ProcessEntry? {
        guard let bytes = readWhole("/proc/\(pid)/stat") else { return nil }
        // The name may hold spaces and parentheses of its own: the last one ends it.
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 2, let state = fields[0].first else { return nil }
        return ProcessEntry(
            pid: pid,
            parent: Int32(String(decoding: fields[1], as: UTF8.self)) ?? 0,
            state: Character(Unicode.Scalar(state)),
            name: String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        )
    }

    /// All descendants of a process, nearest first.
    public static func descendants(of pid: Int32) -> [ProcessEntry] {
        let table = Dictionary(grouping: all(), by: \.parent)
        var found: [ProcessEntry] = table[pid] ?? []
        var next = 0
        while next < found.count {
            found += table[found[next].pid] ?? []
            next += 1
        }
        return found
    }

    /// Reads a file of /proc, whose size is not known before.
    static func readWhole(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer[..<count]
        }
    }
}

extension RunningCommand {
    /// The pid of `train` inside its surroundings, as seen from here: the first process of that name below the wrapper.
    public func trainPID(within seconds: Double = 150) -> Int32? {
        var found: Int32?
        _ = wait(for: seconds) { command in
            found =
                ([ProcessEntry.of(command.pid)].compactMap(\.self) + ProcessEntry.descendants(of: command.pid))
                .first { $0.name == "train" }?.pid
            return found != nil || command.hasEnded
        }
        return found
    }

    /// Sends a signal to `train` inside its surroundings, and says whether it was there.
    @discardableResult
    public func signalTrain(_ signal: Int32) -> Bool {
        guard let pid = trainPID(), pid > 1 else { return false }
        return kill(pid, signal) == 0
    }

    /// Waits until a line stands on stdout, and says whether it came.
    public func printed(_ line: String, within seconds: Double = 150) -> Bool {
        wait(for: seconds) { running in
            running.outputText.utf8.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(line.utf8) }
                || running.hasEnded
        } && outputText.utf8.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(line.utf8) }
    }
}
