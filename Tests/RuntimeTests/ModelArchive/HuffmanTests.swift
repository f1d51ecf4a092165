import CDeflate
import CZlib
import Testing

/// Our own coder for weights, read back by zlib.
@Suite struct HuffmanTests {
    static let sizes = [1, 2, 7, 8, 9, 31, 32, 33, 4_095, 4_096, 4_097, 262_143, 262_144, 262_145, 600_000]

    @Test(arguments: Samples.Kind.allCases, sizes)
    func zlibReadsItBack(_ kind: Samples.Kind, _ size: Int) {
        let bytes = Samples.bytes(kind, size)
        let coded = Self.code(bytes, capacity: 2 * size + 1024)
        #expect(coded.count > 0)
        #expect(coded.suffix(4) == [0, 0, 0xff, 0xff])
        #expect(Self.inflate(coded, size) == bytes)
    }

    /// Bytes that the histogram's sample never sees have codes all the same.
    @Test func rareBytesAreCoded() {
        var bytes = [UInt8](repeating: 7, count: 100_000)
        for value in 0..<256 { bytes[8 + value * 32 + value % 24] = UInt8(value) }
        #expect(Self.inflate(Self.code(bytes, capacity: 200_000), bytes.count) == bytes)
    }

    @Test(arguments: [0, 1, 16, 100, 599, 4_000, 59_999])
    func whatDoesNotFitIsNotWritten(_ capacity: Int) {
        var output = [UInt8](repeating: 0xaa, count: capacity + 64)
        let bytes = Samples.bytes(.random, 60_000)
        let count = cdeflate_huffman(bytes, bytes.count, &output, capacity)
        #expect(count == 0)
        #expect(output[capacity...].allSatisfy { $0 == 0xaa })
    }

    /// Complete and no longer than allowed, however skewed the counts are.
    @Test(arguments: [(257, 14), (19, 7), (257, 9), (2, 1), (40, 6)])
    func codeLengthsAreCompleteAndLimited(_ symbols: Int, _ limit: Int) {
        var random: UInt64 = 88_172_645_463_325_252
        for round in 0..<200 {
            var counts: [UInt32] = []
            for _ in 0..<symbols {
                random ^= random << 13
                random ^= random >> 7
                random ^= random << 17
                counts.append(1 + UInt32(truncatingIfNeeded: random >> 43) >> UInt32(round % 21))
            }
            // Fibonacci's numbers make the longest codes of all.
            if round == 0 {
                for index in 0..<min(symbols, 30) {
                    counts[index] = index < 2 ? 1 : counts[index - 1] + counts[index - 2]
                }
            }
            var lengths = [UInt8](repeating: 0, count: symbols)
            cdeflate_code_lengths(counts, Int32(symbols), Int32(limit), &lengths)
            #expect(lengths.allSatisfy { $0 >= 1 && $0 <= limit })
            #expect(lengths.reduce(0) { $0 + (1 << (limit - Int($1))) } == 1 << limit)
        }
    }

    @Test(arguments: [
        (Samples.Kind.random, 7_900...8_000, 0...0), (.weights, 4_000...6_500, 0...200),
        (.zeros, 0...0, 16_000...16_384),
    ])
    func aSampleTellsWhatABlockIs(_ kind: Samples.Kind, _ bits: ClosedRange<Int>, _ repeats: ClosedRange<Int>) {
        let bytes = Samples.bytes(kind, 1 << 20)
        var sample = cdeflate_sample()
        cdeflate_look(bytes, bytes.count, &sample)
        #expect(sample.positions == 16_384)
        #expect(bits.contains(Int(sample.millibits)))
        #expect(repeats.contains(Int(sample.repeats)))
    }

    private static func code(_ bytes: [UInt8], capacity: Int) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: capacity)
        let count = cdeflate_huffman(bytes, bytes.count, &output, capacity)
        return Array(output.prefix(count))
    }

    private static func inflate(_ coded: [UInt8], _ size: Int) -> [UInt8] {
        var coded = coded
        var output = [UInt8](repeating: 0, count: size + 1)
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return [] }
        defer { inflateEnd(&stream) }
        return coded.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                let answer = CZlib.inflate(&stream, Z_SYNC_FLUSH)
                guard answer == Z_OK, stream.avail_in == 0 else { return [] }
                return Array(output.prefix(Int(stream.total_out)))
            }
        }
    }
}
