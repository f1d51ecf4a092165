package import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Small work on whole directories.
package enum Tree {
    /// The names in a directory, `.` and `..` left out.
    package static func names(in path: FilePath) throws(Errno) -> [FilePath.Component] {
        guard let stream = path.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [FilePath.Component] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return names
            }
            let component = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    FilePath.Component(platformString: $0)
                }
            }
            guard let component, component.kind == .regular else { continue }
            names.append(component)
        }
    }

    /// Removes a directory and what is below it, as far as that is possible; links are removed, not followed.
    static func remove(_ path: FilePath) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = path.withPlatformString { open($0, flags) }
        if descriptor >= 0 { removeEntries(OwnedDescriptor(descriptor)) }
        _ = path.withPlatformString { rmdir($0) }
    }

    private static func removeEntries(_ directory: consuming OwnedDescriptor) {
        // The stream takes its descriptor over.
        let own = fcntl(directory.rawValue, F_DUPFD_CLOEXEC, 0)
        guard own >= 0, let stream = fdopendir(own) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
                }
            }
            if name == MemberName.here || name == MemberName.above { continue }
            TreeWriter.withName(name) { name in
                if unlinkat(directory.rawValue, name, 0) == 0 || errno != EISDIR { return }
                let below = openat(directory.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if below >= 0 { removeEntries(OwnedDescriptor(below)) }
                _ = unlinkat(directory.rawValue, name, AT_REMOVEDIR)
            }
        }
    }
}

extension FilePath.Component {
    /// The name's bytes.
    package var bytes: [UInt8] {
        withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
}
