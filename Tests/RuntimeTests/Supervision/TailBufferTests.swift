import CLinux
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

@Suite struct TailBufferTests {
    private func append(_ bytes: [UInt8], to tail: inout TailBuffer) {
        bytes.withUnsafeBytes { tail.append($0) }
    }

    @Test(arguments: [
        0, 1, TailBuffer.capacity - 1, TailBuffer.capacity, TailBuffer.capacity + 1, 3 * TailBuffer.capacity,
    ])
    func theLastBytesAreKeptInTheirOrder(_ count: Int) {
        var tail = TailBuffer()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 % 251) }
        var rest = bytes[...]
        while !rest.isEmpty {
            append(Array(rest.prefix(1_000)), to: &tail)
            rest = rest.dropFirst(1_000)
        }
        let kept = tail.contents()
        #expect(kept == Array(bytes.suffix(TailBuffer.capacity)))
    }

    @Test func duplicatedPagesAndCopiedPiecesStayInOrder() throws {
        var tail = TailBuffer()
        var ends = (read: Int32(-1), write: Int32(-1))
        #expect(linux_pipe(&ends.read, &ends.write) == 0)
        defer {
            close(ends.read)
            close(ends.write)
        }
        append(Array("first ".utf8), to: &tail)
        let second = Array("second ".utf8)
        #expect(write(ends.write, second, second.count) == second.count)
        let copied = tail.tee(from: ends.read, count: 100)
        #expect(copied == second.count)
        append(Array("third".utf8), to: &tail)
        let kept = tail.contents()
        #expect(String(decoding: kept, as: UTF8.self) == "first second third")
        // It was duplicated, not taken.
        #expect(linux_waiting_bytes(ends.read) == Int32(second.count))
    }

    @Test func memoryStaysBoundedHoweverMuchIsDuplicated() throws {
        var tail = TailBuffer()
        var ends = (read: Int32(-1), write: Int32(-1))
        #expect(linux_pipe(&ends.read, &ends.write) == 0)
        defer {
            close(ends.read)
            close(ends.write)
        }
        var block = [UInt8](repeating: 0, count: 60_000)
        for round in 0..<100 {
            for index in block.indices { block[index] = UInt8(truncatingIfNeeded: index &* 7 &+ round) }
            #expect(write(ends.write, block, block.count) == block.count)
            let answer = tail.tee(from: ends.read, count: block.count)
            let copied = try #require(answer)
            var taken = [UInt8](repeating: 0, count: block.count)
            #expect(read(ends.read, &taken, copied) == copied)
            if copied < block.count {
                let rest = read(ends.read, &taken, taken.count)
                taken[..<rest].withUnsafeBytes { tail.append($0) }
            }
        }
        let kept = tail.contents()
        #expect(kept.count == TailBuffer.capacity)
        #expect(kept.suffix(60_000).elementsEqual(block))
    }
}
