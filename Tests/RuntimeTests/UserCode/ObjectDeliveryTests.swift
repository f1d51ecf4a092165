import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

@Suite struct ObjectDeliveryTests {
    @Test func theLimitOfEntriesIsSaidWithItsNumber() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let prefix = try #require(ObjectPrefix("s3://bucket/data/"))
        let limits = ExtractionLimits(entries: 3)
        let delivery = try ObjectDelivery(of: prefix, to: tree.base.appending("code"), limits: limits)
        for key in ["data/a", "data/deep/b"] { close(try #require(try delivery.makePlace(Array(key.utf8), size: 1))) }
        let failure = #expect(throws: Failure.self) { try delivery.makePlace(Array("data/c".utf8), size: 1) }
        #expect(failure?.code == .tooManyEntries(limit: 3) && failure?.subject == "s3://bucket/data/c")
    }

    /// EMLINK, as of a directory that cannot have more subdirectories, is a fault of the disk and no limit of ours.
    @Test func aDirectoryThatIsFullIsNoLimitOfEntries() {
        let failure = ObjectDelivery.failure("s3://bucket/c", .tooManyLinks)
        #expect(failure.code == .codeUnwritable && failure.underlying == .tooManyLinks)
    }
}
