import SystemPackage

extension Failure {
    /// What a call answers; where it fails, a failure with what the kernel said.
    static func wrap<Answer: ~Copyable>(
        _ call: @autoclosure () throws(Errno) -> Answer,
        as code: @autoclosure () -> Code,
        _ subject: @autoclosure () -> String
    ) throws(Failure) -> Answer {
        do { return try call() } catch { throw Failure(code(), subject(), error) }
    }

    /// What a call on a path answers.
    static func wrap<Answer: ~Copyable>(
        _ call: @autoclosure () throws(Errno) -> Answer,
        as code: @autoclosure () -> Code,
        _ path: FilePath
    ) throws(Failure) -> Answer {
        try wrap(call(), as: code(), path.string)
    }
}
