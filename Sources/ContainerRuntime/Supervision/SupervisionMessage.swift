/// The words of the supervisor's own lines.
enum SupervisionMessage {
    static func stopBegan(_ stop: Stop, _ step: Step) -> String {
        let left = max(.zero, stop.deadline - .now).inSeconds
        switch stop.cause {
        case .signal(let signal): return "\(signal) received: \(step.name) has \(left) to end"
        case .runTime(let limit): return "run time of \(limit.inSeconds) is over: \(stop.signal) to \(step.name)"
        case .companion(let name): return "\(name) ended: \(stop.signal) to \(step.name), which has \(left)"
        case .silence(let limit): return "no output for \(limit.inSeconds): \(stop.signal) to \(step.name)"
        }
    }

    static func unkillable(_ step: Step, _ processes: [ProcessID]) -> String {
        "\(step.name): could not be killed, \(names(processes))"
    }

    static func stubborn(_ step: Step, _ processes: [ProcessID], _ signal: Signal) -> String {
        "\(step.name): \(signal) to what it left running, which SIGTERM did not end: \(names(processes))"
    }

    static func heldOutput(_ step: Step) -> String {
        "\(step.name): has ended, and a process that it did not start holds its output open; it is not waited for"
    }

    /// At most eight of them: a step may leave thousands.
    private static func names(_ processes: [ProcessID]) -> String {
        let shown = processes.prefix(8).map { "\($0) (\(ProcessTable.name($0) ?? "gone"))" }.joined(separator: ", ")
        return "process \(shown)\(processes.count > 8 ? " and \(processes.count - 8) more" : "")"
    }
}
