import ArgumentParser
import ContainerRuntime
import SystemPackage

/// What a command was asked for, on standard output.
enum StandardOutput {
    /// Writes all of it; a reader that went away does not want the rest.
    ///
    /// - Throws: Status 1 where it cannot be written, with the reason in the log: half of an answer is none.
    static func write(_ bytes: [UInt8]) throws {
        do throws(Errno) { try FileDescriptor.standardOutput.writeAll(bytes) } catch .brokenPipe {
            return
        } catch {
            RuntimeLog.shared.write("standard output: \(error)")
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }
}
