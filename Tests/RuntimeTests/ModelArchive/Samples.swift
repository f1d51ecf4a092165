/// Data of the kinds that models are made of, the same in every run.
enum Samples {
    enum Kind: CaseIterable, Sendable {
        case random
        case text
        case weights
        case zeros
        case mixed
    }

    /// So many bytes; beyond 64 KiB they repeat, farther away than deflate's matches reach.
    static func bytes(_ kind: Kind, _ count: Int) -> [UInt8] {
        let period = 65_599
        var bytes = period >= count ? once(kind, count) : once(kind, period)
        bytes.reserveCapacity(count)
        while bytes.count < count { bytes += bytes.prefix(min(period, count - bytes.count)) }
        return bytes
    }

    private static func once(_ kind: Kind, _ count: Int) -> [UInt8] {
        var random = UInt64(count) &* 0x9e37_79b9_7f4a_7c15 | 1
        func next() -> UInt64 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return random
        }
        var bytes = [UInt8](repeating: 0, count: count)
        switch kind {
        case .zeros: break
        case .random:
            for index in 0..<count { bytes[index] = UInt8(truncatingIfNeeded: next() >> 24) }
        case .text:
            let words = ["loss", "=", "0.", "epoch", "\n", "weight", " ", "layer.", "bias", "12", "7"]
                .map { Array($0.utf8) }
            var at = 0
            while at < count {
                for byte in words[Int(next() >> 33) % words.count] where at < count {
                    bytes[at] = byte
                    at += 1
                }
            }
        case .weights:
            // As bfloat16: the high byte is skewed, the low one is not.
            for index in 0..<count {
                let number = next() >> 20
                bytes[index] =
                    index % 2 == 0 ? UInt8(truncatingIfNeeded: number) : 0x3b + UInt8((number & number >> 8) & 7)
            }
        case .mixed:
            // Few matches: weights with a repetition now and then.
            for index in 0..<count {
                let number = next() >> 20
                bytes[index] = index % 256 < 12 ? UInt8(index % 256) : UInt8(number & number >> 8 & 0xff)
            }
        }
        return bytes
    }
}
