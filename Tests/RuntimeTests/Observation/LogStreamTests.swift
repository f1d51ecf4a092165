import Testing

@testable import ContainerRuntime

@Suite struct LogStreamTests {
    private func scanner() throws -> MetricScanner {
        MetricScanner([try MetricDefinition(name: "loss", regex: #"loss (\d+)"#)])
    }

    private func found(_ text: [UInt8], pieces: [Int] = [.max]) throws -> [String] {
        MetricReferenceTests.found(text, try scanner(), pieces: pieces)
    }

    /// `loss 12` of which the half is missing is no loss of 1.
    @Test func linesThatAMarkCutsAreLeftOut() throws {
        let text = Array("loss 1\nloss 2".utf8) + DropMark.bytes(500) + Array("34\nloss 5\nloss 6".utf8)
        for pieces in [[.max], [1], [9, 14]] {
            #expect(try found(text, pieces: pieces) == ["loss 1.0", "loss 5.0", "loss 6.0"])
        }
    }

    @Test func marksAreCounted() throws {
        let stream = LogStream()
        let text = Array("a".utf8) + DropMark.bytes(500) + DropMark.bytes(11) + Array("b\nc".utf8) + DropMark.bytes(1)
        _ = text.withUnsafeBytes { stream.add($0) }
        var lines: [String] = []
        stream.drain(atEnd: true) {
            lines.append(String(decoding: $0, as: UTF8.self))
        } cut: {
        }
        #expect(stream.dropped == 512)
        #expect(lines.joined().split(separator: "\n").isEmpty, "\(lines)")
    }

    /// A program may print the mark itself.
    @Test func marksOfAnyNumberAreCounted() {
        let stream = LogStream()
        let text = DropMark.bytes(.max) + DropMark.bytes(.max)
        _ = text.withUnsafeBytes { stream.add($0) }
        stream.drain(atEnd: true) { _ in
        } cut: {
        }
        #expect(stream.dropped == .max)
    }

    @Test(arguments: ["\0", "\0train dropped ", "\0train dropped x\0", "\0train dropped 99999999999999999999\0"])
    func whatIsNoMarkIsALineOfTheProgram(_ text: String) throws {
        #expect(try found(Array("loss 1 \(text)\nloss 2\n".utf8)) == ["loss 1.0", "loss 2.0"])
    }

    /// The first 64 KiB of a line are looked at, and it is counted.
    @Test(.timeLimit(.minutes(60)), arguments: [[Int.max], [1000], [70_000]])
    func ofALineOfTenMebibytesTheBeginningIsLookedAt(_ pieces: [Int]) throws {
        let scanner = try scanner()
        let long = Array("loss 1 ".utf8) + [UInt8](repeating: 0x78, count: 10 << 20) + Array(" loss 2\nloss 3\n".utf8)
        #expect(MetricReferenceTests.found(long, scanner, pieces: pieces) == ["loss 1.0", "loss 3.0"])
        #expect(scanner.cutLines == 1)
    }

    @Test func aBarWithoutAnyLineFeedIsALineForEachState() throws {
        let bar = (1...5_000).map { "\r loss \($0)" }.joined()
        #expect(try found(Array(bar.utf8), pieces: [999]).count == 5_000)
    }
}
