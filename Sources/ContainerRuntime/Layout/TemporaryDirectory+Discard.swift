import Logging
import SystemPackage

extension TemporaryDirectory {
    /// Removes a directory that is needed no more; one that cannot be removed keeps no job from its end.
    static func discard(_ directory: FilePath) {
        do throws(Errno) {
            try remove(directory)
        } catch {
            log.debug("\(directory): cannot be removed: \(error)")
        }
    }
}
