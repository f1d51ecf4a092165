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
        let names = processes.map { process in "\(process) (\(ProcessTable.name(process) ?? "gone"))" }
        return "\(step.name): could not be killed, process \(names.joined(separator: ", "))"
    }
}
