import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

@Suite struct FileSystemUseTests {
    /// CephFS and others answer -1 for what they do not count.
    @Test func anyNumbersAreTaken() {
        var status = statvfs()
        status.f_frsize = 4096
        (status.f_blocks, status.f_bavail) = (.max, .max)
        (status.f_files, status.f_ffree, status.f_favail) = (5, .max, .max)
        let use = FileSystemUse(status)
        #expect(use.size == .max && use.free == .max && use.freeNodes == .max && !use.isFull)
        status.f_frsize = .max
        #expect(FileSystemUse(status).size == .max)
    }

    @Test func aFullOneIsFull() {
        var status = statvfs()
        status.f_frsize = 4096
        (status.f_blocks, status.f_bavail, status.f_files, status.f_favail) = (1000, 1, 100, 100)
        #expect(FileSystemUse(status).isFull)
        (status.f_bavail, status.f_favail) = (900, 0)
        #expect(FileSystemUse(status).isFull)
        (status.f_files, status.f_favail) = (0, 0)
        #expect(!FileSystemUse(status).isFull)
    }
}
