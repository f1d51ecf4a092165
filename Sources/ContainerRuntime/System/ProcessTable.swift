import SystemPackage

/// What /proc says about processes: proc(5).
enum ProcessTable {
    /// Whether /proc shows our own PID namespace; another's numbers would be strangers'.
    static let isOurs: Bool = {
        guard let digits = try? FileSystem.readLink(FilePath("/proc/self")) else { return false }
        return digits.elementsEqual(String(CurrentProcess.id).utf8)
    }()

    /// All descendants of a process, children before grandchildren; zombies are left out, they cannot be ended.
    static func descendants(of root: Int32, except companions: Set<Int32> = []) -> [ProcessID] {
        guard isOurs, var names = try? DirectoryStream("/proc") else { return [] }
        var children: [Int32: [Int32]] = [:]
        var zombies: Set<Int32> = []
        while let name = try? names.next() {
            guard let number = Int32(name.string), let status = parentAndState(number) else { continue }
            children[status.parent, default: []].append(number)
            if status.state == UInt8(ascii: "Z") || status.state == UInt8(ascii: "X") { zombies.insert(number) }
        }
        var found: [ProcessID] = []
        var next = [root]
        var index = 0
        while index < next.count {
            for child in children[next[index]] ?? [] where !companions.contains(child) {
                next.append(child)
                if !zombies.contains(child), let identity = ProcessID(child) { found.append(identity) }
            }
            index += 1
        }
        return found
    }

    /// The descendants of a process that programs of some names started themselves, but for those of other names.
    static func descendants(of root: Int32, startedBy parents: Set<String>, except others: Set<String>) -> [ProcessID] {
        descendants(of: root).filter { process in
            guard let parent = parentAndState(process.rawValue).flatMap({ ProcessID($0.parent) }).flatMap(name),
                parents.contains(parent)
            else { return false }
            return name(process).map { !others.contains($0) } ?? true
        }
    }

    /// Whether a process has a handler of its own for a signal: SigCgt of its status file.
    static func catches(_ process: ProcessID, _ signal: Signal) -> Bool {
        guard let text = contents("/proc/\(process)/status") else { return false }
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }) else { return false }
        let digits = line.dropFirst("SigCgt:".count).drop { $0 == " " || $0 == "\t" }
        guard let mask = UInt64(digits, radix: 16) else { return false }
        return mask & signal.bit != 0
    }

    /// The program's name, as in `python3`, or nothing if the process is gone.
    static func name(_ process: ProcessID) -> String? { contents("/proc/\(process)/comm").map { $0.trimmingLineEnd() } }

    private static func parentAndState(_ number: Int32) -> (parent: Int32, state: UInt8)? {
        // "PID (NAME) STATE PPID …": the name may hold anything, so the last parenthesis ends it.
        guard let text = contents("/proc/\(number)/stat"), let end = text.utf8.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let fields = text.utf8[text.utf8.index(after: end)...].split(separator: UInt8(ascii: " "))
        guard fields.count >= 2, let state = fields[0].first, let parent = Int32(Substring(fields[1])) else {
            return nil
        }
        return (parent, state)
    }

    private static func contents(_ path: String) -> String? {
        guard let bytes = try? readFile(FilePath(path), limit: 1 << 12), !bytes.isEmpty else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// The text without a line feed at its end.
    func trimmingLineEnd() -> String {
        utf8.last == UInt8(ascii: "\n") ? String(decoding: utf8.dropLast(), as: UTF8.self) : self
    }
}
