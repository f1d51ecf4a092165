/// Data of the kinds that models are made of, the same in every run.
enum Samples {
    enum Kind: CaseIterable, Sendable {
        case random
        case text
        case weights
        case zeros
    }

    static func bytes(_ kind: Kind, _ count: Int) -> [UInt8] {
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
            let words = ["loss", "=", "0.", "epoch", "\n", "weight", " ", "layer.", "bias", "12", "7"].map {
                Array($0.utf8)
            }
            var at = 0
            while at < count {
                for byte in words[Int(next() >> 33) % words.count] where at < count {
                    bytes[at] = byte
                    at += 1
                }
            }
        case .weights:
            // bfloat16 with a few exponents: the high byte is skewed, the low one is not.
            for index in 0..<count {
                let number = next() >> 20
                bytes[index] =
                    index % 2 == 0 ? UInt8(truncatingIfNeeded: number) : 0x3b + UInt8((number & number >> 8) & 7)
            }
        }
        return bytes
    }
}
