/// What keeps a job from its good end: a fault that the runtime found, or a step that ended badly.
enum JobFailure: Error {
    case fault(Failure)
    case step(Step, StepReport, StepRole)
}

/// Asks a layer below, whose failure is a fault of the job.
func asFault<Value>(_ body: () throws(Failure) -> Value) throws(JobFailure) -> Value {
    do throws(Failure) {
        return try body()
    } catch {
        throw .fault(error)
    }
}
