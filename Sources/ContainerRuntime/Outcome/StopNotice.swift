import Logging
import SystemPackage

/// The file that `SM_STOP_NOTICE` names: it appears at the moment of a stop, for programs that cannot take a signal.
///
/// One line of JSON: `{"reason":"SIGTERM","seconds_left":100}`.
enum StopNotice {
    /// Writes the notice, whole or not at all; a program that looks for it sees it finished.
    static func write(_ stop: Stop, to path: FilePath) {
        let left = max(.zero, stop.deadline - .now)
        let seconds = (left.wholeNanoseconds + 500_000_000) / 1_000_000_000
        let notice = JSONObject([("reason", .string(reason(stop.cause))), ("seconds_left", .integer(Int(seconds)))])
        do throws(Errno) {
            // The program's signal comes after it: it must not wait for a disk.
            try SmallFile.write(JSONWriter.bytes(.object(notice)) + [UInt8(ascii: "\n")], to: path, isDurable: false)
        } catch {
            log.warning("\(path): the stop notice cannot be written: \(error)")
        }
    }

    private static func reason(_ cause: StopCause) -> String {
        switch cause {
        case .signal(let signal): "\(signal)"
        case .runTime: "TRAIN_MAX_RUNTIME"
        case .silence: "TRAIN_IDLE_TIMEOUT"
        case .companion(let name): name
        }
    }
}
