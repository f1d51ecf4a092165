import ContainerRuntime

/// Numbers that look random and are the same in every run: SplitMix64.
struct Deterministic: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// A value with all that JSON has in it.
    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &self) {
        case 0: return [.null, .bool(true), .bool(false)].randomElement(using: &self) ?? .null
        case 1: return .integer(Int(truncatingIfNeeded: next()))
        case 2: return number()
        case 3, 4, 5: return .string(text())
        case 6: return .array((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth + 1) })
        default:
            let members = (0..<Int.random(in: 0..<12, using: &self)).map { _ in (text(), value(depth: depth + 1)) }
            return .object(JSONObject(members))
        }
    }

    private mutating func number() -> JSONValue {
        let spelling = [
            "1e5", "0.10", "-0", "-0.0", "1E400", "NaN", "-Infinity", "12345678901234567890123456789", "1e-7",
        ]
        let text = spelling.randomElement(using: &self) ?? "0"
        return (try? JSONReader.read(text: text)) ?? .null
    }

    /// A text of characters of every kind that every Python since 3.8 knows.
    mutating func text() -> String {
        let kinds: [ClosedRange<UInt32>] = [0x20...0x7e, 0x20...0x7e, 0x0...0xff, 0x0...0xffff, 0x10000...0x10ffff]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &self) {
            let range = kinds.randomElement(using: &self) ?? 0x20...0x7e
            guard let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) else { continue }
            // What later versions of Unicode add is printable to some Pythons only: Unicode 12.1 is Python 3.8's.
            let isPrivate = scalar.properties.generalCategory == .privateUse
            guard let age = scalar.properties.age, age.major <= 12 || isPrivate else { continue }
            text.append(scalar)
        }
        return String(text)
    }

    /// A text with one letter taken out, put in or doubled.
    mutating func damaged(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0..<3, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            let letters = Array("{}[]\",:\\ue0-+.eE1truNI \n\t\u{1}".utf8)
            switch Int.random(in: 0..<3, using: &self) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(letters.randomElement(using: &self) ?? 0, at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
