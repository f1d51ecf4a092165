import CLinux
import Glibc

/// The names that the kernel has for itself and for this machine or container.
///
/// The corresponding C function is `uname`.
package enum SystemName {
    /// The kernel's release, or nothing where it does not tell.
    package static var kernelRelease: String { read { names in withUnsafeBytes(of: &names.release, text) } }

    /// The name of the machine or container, as gethostname(2) has it.
    package static var host: String { read { names in withUnsafeBytes(of: &names.nodename, text) } }

    /// A shared library, as bytes, that answers gethostname(2) with TRAIN_HOSTNAME where it is preloaded; nothing where there is
    /// none for this processor.
    package static var hostLibrary: [UInt8] {
        var size: UInt = 0
        guard let start = linux_hostname_library(&size) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(size)))
    }

    private static func read(_ name: (inout utsname) -> String) -> String {
        var names = utsname()
        return uname(&names) == 0 ? name(&names) : ""
    }

    private static func text(_ field: UnsafeRawBufferPointer) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}
