import SystemPackage

/// Which process of a distributed run failed first, as its engine tells it, and why.
struct RankFailure: Hashable, Sendable {
    /// The rank, where the engine names it.
    var rank: Int?
    /// The host that the rank ran on.
    var host: String?
    var exitCode: Int?
    var signal: Int?
    /// Its last words.
    var line: String
    var context: [String]
    /// When, in milliseconds since 1970, where that is known.
    var time: Int?

    /// The cause for a failure file: the exception, then who raised it.
    var cause: RootCause {
        var parts: [String] = []
        if let rank { parts.append("rank \(rank)\(host.map { " on \($0)" } ?? "")") }
        if let signal {
            parts.append(Signal(rawValue: Int32(truncatingIfNeeded: signal)).description)
        } else if let exitCode {
            parts.append("exit code \(exitCode)")
        }
        let who = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return RootCause(line: line + who, context: context)
    }

    /// Reads what an engine left: the end of its stderr, and its error file.
    static func read(_ plan: LaunchPlan, host: String, tail: [UInt8]) -> RankFailure? {
        let lines = tail.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        switch plan.launcher {
        case .mpi, .smddp: return mpi(lines, plan)
        case .torchrun: return torchrun(lines, plan, host)
        case .process, .xla, .parameterServers, .multiWorkerMirrored, .template:
            // A script may call torchrun by itself.
            return lines.contains { $0.hasPrefix(rootCause) } ? torchrun(lines, plan, host) : nil
        }
    }

    /// Where torchrun begins to tell which rank failed first.
    private static let rootCause = "Root Cause (first observed failure)"
}

// MARK: Open MPI

extension RankFailure {
    /// mpirun tags each rank's lines as `[1,RANK]<stderr>:` and says which rank ended first.
    private static func mpi(_ lines: [String], _ plan: LaunchPlan) -> RankFailure? {
        var failure = RankFailure(line: "", context: [])
        for (index, line) in lines.enumerated() where tag(line, plan) == nil {
            if let rank = number(in: line, after: "MPI_ABORT was invoked on rank ") {
                failure.rank = rank
                let next = lines[index...].prefix(2).joined(separator: " ")
                failure.exitCode = number(in: next, after: "with errorcode ")
            } else if let rank = number(in: line, after: "noticed that process rank ") {
                failure.rank = rank
                let next = lines[index...].prefix(2).joined(separator: " ")
                failure.signal = number(in: next, after: "exited on signal ")
            } else if line.contains("Process name: [["), let rank = rankOfProcessName(line) {
                failure.rank = rank
                failure.exitCode =
                    lines[index...].prefix(3).lazy.compactMap { number(in: $0, after: "Exit code: ") }.first
            }
            if failure.rank != nil { break }
        }
        // Without a word of mpirun's, the first rank that printed a traceback.
        if failure.rank == nil {
            failure.rank =
                lines.lazy.compactMap { line in
                    tag(line, plan).flatMap { $0.text.hasPrefix("Traceback (most recent call last)") ? $0.rank : nil }
                }.first
        }
        let tagged = lines.compactMap { tag($0, plan) }
        let rank = failure.rank ?? tagged.last?.rank
        let said = tagged.filter { $0.rank == rank }.map(\.text)
        failure.rank = rank
        failure.add(said)
        if failure.line.isEmpty, rank == nil { return nil }
        failure.host = rank.flatMap { plan.host(ofRank: $0) }
        if failure.line.isEmpty { failure.line = "a rank ended without a word" }
        return failure
    }

    private static func tag(_ line: String, _ plan: LaunchPlan) -> (rank: Int, text: String)? {
        if let tagged = ourTag(line, plan) { return tagged }
        guard line.hasPrefix("["), let comma = line.utf8.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let digits = line.utf8[line.utf8.index(after: comma)...].prefix(while: \.isASCIIDigit)
        guard let rank = String(digits).flatMap({ Int($0) }) else { return nil }
        let rest = line.utf8[digits.endIndex...]
        let mark = Array("]<stderr>:".utf8)
        guard rest.starts(with: mark) else { return nil }
        return (rank, String(Substring(rest.dropFirst(mark.count))))
    }

    /// Reads a line such as `[algo-2:3] text`, which `RankLines` writes; `[ip-10-0-1-2:12345] ` is mpirun's own, with a
    /// process, and `[12:30:46] ` anybody's.
    private static func ourTag(_ line: String, _ plan: LaunchPlan) -> (rank: Int, text: String)? {
        let bytes = line.utf8
        guard bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        guard let colon = bytes[..<end].lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = bytes[bytes.index(after: colon)..<end]
        guard digits.allSatisfy(\.isASCIIDigit), let rank = String(digits).flatMap({ Int($0) }),
            let host = plan.host(ofRank: rank), bytes[..<colon].dropFirst().elementsEqual(host.utf8)
        else { return nil }
        return (rank, String(Substring(bytes[end...].dropFirst(2))))
    }

    /// Reads the rank at the end of `Process name: [[5460,1],3]`.
    private static func rankOfProcessName(_ line: String) -> Int? {
        guard let end = line.utf8.lastIndex(of: UInt8(ascii: ",")) else { return nil }
        let digits = line.utf8[line.utf8.index(after: end)...].prefix(while: \.isASCIIDigit)
        return String(digits).flatMap { Int($0) }
    }
}

// MARK: torchrun

extension RankFailure {
    private static func torchrun(_ lines: [String], _ plan: LaunchPlan, _ host: String) -> RankFailure? {
        var failure = RankFailure(line: "", context: [])
        failure.host = host
        if let start = lines.firstIndex(where: { $0.hasPrefix(rootCause) }) {
            for line in lines[start...].prefix(10) {
                let text = line.trimmed
                if text.hasPrefix("rank ") { failure.rank = number(in: text, after: ": ") }
                if text.hasPrefix("exitcode ") { failure.setCode(text) }
            }
        }
        if let file = plan.errorFile, let record = ErrorFile.read(file) {
            failure.line = record.line
            failure.context = record.context
            failure.time = record.time
            return failure
        }
        // What torchrun itself says comes after what the ranks said.
        let own = lines.firstIndex {
            $0.contains("torch/distributed/elastic") || $0.contains("failed (exitcode: ") || $0.hasPrefix("Root Cause ")
        }
        let said = lines[..<(own ?? lines.endIndex)].filter { !isNotice($0) }
        let mark = failure.rank.map { "[rank\($0)]: " }
        let marked =
            mark.map { mark in said.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) } } ?? []
        failure.add(marked.isEmpty ? said : marked)
        if failure.line.isEmpty {
            guard failure.rank != nil else { return nil }
            failure.line = failure.signal == nil ? "a rank ended without a word" : "a rank was killed"
        }
        return failure
    }

    /// Whether PyTorch's own log warns or informs, as in `[W1121 10:01:55.68 socket.cpp:207] …`: nobody fails of that.
    private static func isNotice(_ line: String) -> Bool {
        var text = line.utf8[...]
        if text.starts(with: "[rank".utf8), let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            text = text[text.index(after: colon)...].drop { $0 == UInt8(ascii: " ") }
        }
        if text.first == UInt8(ascii: "[") { text = text.dropFirst() }
        guard let level = text.popFirst(), "WI".utf8.contains(level) else { return false }
        let day = text.prefix(while: \.isASCIIDigit)
        return day.count == 4 && text.dropFirst(4).first == UInt8(ascii: " ")
    }

    /// Reads a line such as `exitcode  : -9 (pid: 7)`, where a number below 0 is a signal.
    private mutating func setCode(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        let word = text.utf8[text.utf8.index(after: colon)...].split(separator: UInt8(ascii: " ")).first
        guard let code = word.flatMap({ String($0) }).flatMap({ Int($0) }) else { return }
        if code < 0 { signal = Int(clamping: code.magnitude) } else { exitCode = code }
    }

    /// Takes the first exception that is nobody's consequence, else the last line.
    private mutating func add(_ lines: [String]) {
        let causes = Self.tracebacks(lines).compactMap { RootCause(tail: Array($0.joined(separator: "\n").utf8)) }
        let cause = causes.first { !PeerFailure.speaksOfLostConnection($0.line) } ?? causes.last
        line = cause?.line ?? ""
        context = cause?.context ?? []
    }

    /// The lines, cut before each traceback that is no continuation of the one before it.
    private static func tracebacks(_ lines: [String]) -> [[String]] {
        var parts: [[String]] = [[]]
        var chained = false
        for line in lines {
            if line.hasPrefix("Traceback (most recent call last)"), !chained, parts.last?.isEmpty == false {
                parts.append([])
            }
            if line.hasPrefix("During handling of the above") || line.hasPrefix("The above exception was") {
                chained = true
            }
            if line.hasPrefix("Traceback (most recent call last)") { chained = false }
            parts[parts.count - 1].append(line)
        }
        let withTraceback = parts.filter { $0.contains { $0.hasPrefix("Traceback (most recent call last)") } }
        return withTraceback.isEmpty ? parts : withTraceback
    }

    private static func number(in line: String, after mark: String) -> Int? {
        guard let range = line.firstRange(of: mark) else { return nil }
        let rest = line.utf8[range.upperBound...].drop { $0 == UInt8(ascii: " ") }
        return String(rest.prefix(while: \.isASCIIDigit)).flatMap { Int($0) }
    }
}

/// The file of TORCHELASTIC_ERROR_FILE, which a rank's `@record` writes: PyTorch's `ErrorHandler.record_exception`.
private struct ErrorFile {
    let line: String
    let context: [String]
    let time: Int?

    private static let largest = 1 << 20

    static func read(_ file: FilePath) -> ErrorFile? {
        guard let status = try? FileStatus(link: file), status.isFile, status.size <= largest,
            let bytes = try? readFile(file, limit: largest), let value = try? JSONReader.read(bytes),
            let message = value.object?["message"]
        else { return nil }
        // An exception is an object; a signal handler's dump is a text.
        if let text = message.string { return ErrorFile(line: text.asOneLine, context: [], time: nil) }
        guard let text = message.object?["message"]?.string, !text.isEmpty else { return nil }
        let extra = message.object?["extraInfo"]?.object
        let stack = extra?["py_callstack"]?.string ?? ""
        let seconds = extra?["timestamp"]?.string.flatMap { Int($0) } ?? extra?["timestamp"]?.integer
        return ErrorFile(
            line: text.asOneLine,
            context: stack.split(separator: "\n").map(String.init),
            time: seconds.flatMap { 0...4_000_000_000 ~= $0 ? $0 * 1_000 : nil }
        )
    }
}
