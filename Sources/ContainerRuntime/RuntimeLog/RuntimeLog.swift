public import Logging
import Synchronization
import SystemPackage

/// Where the runtime's own lines go: to stderr, each one recognisable by its beginning.
///
/// - While the supervisor relays a program's output, it passes the lines on, so that they stay in order and a slow reader
///   cannot stop it: `hold`.
/// - Elsewhere a line is written at once.
public final class RuntimeLog: Sendable {
    /// The one for this process.
    public static let shared = RuntimeLog()

    /// What every line of the runtime begins with.
    public static let mark = "[train]"

    private struct State {
        var level = Logger.Level.info
        /// Lines that wait for whoever passes them on.
        var held: [[UInt8]]?
        var format = LogFormat.text
        var place: LogPlace?
        var warnings: [String] = []
        /// Whether the reader took nothing for so long that it is waited for no more.
        var readerIsStuck = false
    }

    private let state = Mutex(State())

    /// The least important level that is written.
    public var level: Logger.Level {
        get { state.withLock(\.level) }
        set { state.withLock { $0.level = newValue } }
    }

    /// How lines look.
    public var format: LogFormat {
        get { state.withLock(\.format) }
        set { state.withLock { $0.format = newValue } }
    }

    /// The host that lines of JSON are of, once that is known.
    public var place: LogPlace? {
        get { state.withLock(\.place) }
        set { state.withLock { $0.place = newValue } }
    }

    /// The first warnings and errors of this process, for the report.
    var warnings: [String] { state.withLock(\.warnings) }

    private static let mostWarnings = 100

    /// Takes the settings of whoever started us over.
    ///
    /// - Parameter variable: The value of a variable of the environment, or nil where it is not set.
    public func adopt(_ variable: (String) -> String?) {
        if let number = variable("SM_LOG_LEVEL").flatMap({ Int($0) }) { level = Logger.Level(python: number) }
        if let named = variable("TRAIN_LOG_FORMAT").flatMap({ LogFormat(rawValue: $0) }) { format = named }
        place = variable("TRAIN_LOG_PLACE").flatMap { LogPlace($0) }
    }

    /// Keeps lines back from now on, for whoever takes them and passes them on.
    func hold() { state.withLock { $0.held = [] } }

    /// The lines that were kept back since they were last asked for.
    func takeHeld() -> [[UInt8]] {
        state.withLock { state in
            guard let lines = state.held, !lines.isEmpty else { return [] }
            state.held = []
            return lines
        }
    }

    /// Writes what was kept back, and from now on every line at once.
    func release() {
        let lines = state.withLock { state in
            defer { state.held = nil }
            return state.held
        }
        for line in lines ?? [] { writeNow(line) }
    }

    /// Writes one line, whatever the level is that lines need.
    public func write(_ message: String, as level: Logger.Level = .error) { write(line: line(message, level.rawValue)) }

    /// Writes a line that is to be read by a program, with its end, as it is.
    func write(line: [UInt8]) {
        let isHeld = state.withLock { $0.held?.append(line) } != nil
        if !isHeld { writeNow(line) }
    }

    private func line(_ message: String, _ level: String) -> [UInt8] {
        let (format, place) = state.withLock { ($0.format, $0.place) }
        guard format != .text else { return Array("\(Self.mark) \(level): \(message)\n".utf8) }
        return LogLine.json(message.utf8, stream: "runtime", level: level, place: place)
    }

    fileprivate func keep(_ warning: String) {
        state.withLock { if $0.warnings.count < Self.mostWarnings { $0.warnings.append(warning) } }
    }

    /// Writes bytes to stderr at once, as far as its reader takes them: the end of a job does not wait for its log.
    func writeNow(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            guard readerTakesMore() else { return }
            // What poll(2) calls writable takes that much of a pipe without waiting: pipe(7).
            let part = rest.prefix(FileDescriptor.atomicWrite)
            let written = try? part.withUnsafeBytes { try FileDescriptor.standardError.writeSome($0) }
            // stderr is where trouble is told; when it fails there is nobody left to tell.
            guard let written, written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Waits two seconds for a reader that takes nothing, once; after that its lines are lost until it takes some again.
    private func readerTakesMore() -> Bool {
        var poller = Poller()
        poller.add(2, .writable)
        poller.wake(at: .now + (state.withLock(\.readerIsStuck) ? .zero : .seconds(2)))
        // What cannot be waited for is written to.
        let takesMore = (try? poller.wait()) ?? true
        state.withLock { $0.readerIsStuck = !takesMore }
        return takesMore
    }

    /// A logger whose lines go here, for `LoggingSystem.bootstrap` and for the library's own use.
    public static func logger(_ label: String = "train") -> Logger {
        Logger(label: label) { _ in Handler() }
    }

    /// The swift-log backend.
    public struct Handler: LogHandler {
        /// Values added to every line.
        public var metadata: Logger.Metadata = [:]

        /// The level is the process's, not the logger's.
        public var logLevel: Logger.Level {
            get { RuntimeLog.shared.level }
            set { RuntimeLog.shared.level = newValue }
        }

        /// One value that is added to every line.
        public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        /// Writes one line.
        public func log(event: LogEvent) {
            if event.level >= .warning { RuntimeLog.shared.keep("\(event.message)") }
            RuntimeLog.shared.write("\(event.message)", as: event.level)
        }
    }
}

/// The logger that the library itself uses.
let log = RuntimeLog.logger()
