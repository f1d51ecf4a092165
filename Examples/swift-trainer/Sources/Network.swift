/// A network of one hidden layer: tanh, then softmax; it learns by stochastic gradient descent on the cross entropy.
struct Network {
    let inputs: Int
    let hidden: Int
    let outputs: Int
    /// How often it has seen all examples.
    private(set) var epoch = 0
    /// A row of weights for each hidden unit, each with its bias at the end; then one for each output.
    private var weights: [Float]

    private var border: Int { hidden * (inputs + 1) }

    /// Makes a network of small random weights: the same ones for the same seed.
    init(inputs: Int, hidden: Int, outputs: Int, seed: UInt64) {
        (self.inputs, self.hidden, self.outputs) = (inputs, hidden, outputs)
        var state = seed
        weights = (0..<(hidden * (inputs + 1) + outputs * (hidden + 1))).map { _ in
            // Knuth's linear congruential generator; the upper bits are the random ones.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.2
        }
    }

    /// Sees all examples once, and gives back the mean loss.
    mutating func learn(_ examples: [Digits.Example], rate: Float) -> Float {
        var loss: Float = 0
        for example in examples {
            let activity = activity(example.pixels)
            var error = chances(activity)
            loss -= Float.log(max(error[example.digit], .leastNormalMagnitude))
            error[example.digit] -= 1
            step(example.pixels, activity, error, rate)
        }
        epoch += 1
        return loss / Float(max(1, examples.count))
    }

    /// The digit that is most likely.
    func guess(_ pixels: [Float]) -> Int {
        let chances = chances(activity(pixels))
        return chances.indices.max { chances[$0] < chances[$1] } ?? 0
    }

    private func activity(_ pixels: [Float]) -> [Float] {
        (0..<hidden).map { unit in
            let row = unit * (inputs + 1)
            var sum = weights[row + inputs]
            for place in 0..<inputs { sum += weights[row + place] * pixels[place] }
            return 2 / (1 + Float.exp(-2 * sum)) - 1
        }
    }

    private func chances(_ activity: [Float]) -> [Float] {
        let sums = (0..<outputs).map { output in
            let row = border + output * (hidden + 1)
            var sum = weights[row + hidden]
            for unit in 0..<hidden { sum += weights[row + unit] * activity[unit] }
            return sum
        }
        let most = sums.max() ?? 0
        let powers = sums.map { Float.exp($0 - most) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    private mutating func step(_ pixels: [Float], _ activity: [Float], _ error: [Float], _ rate: Float) {
        var back = [Float](repeating: 0, count: hidden)
        for output in 0..<outputs {
            let row = border + output * (hidden + 1)
            for unit in 0..<hidden {
                back[unit] += weights[row + unit] * error[output]
                weights[row + unit] -= rate * error[output] * activity[unit]
            }
            weights[row + hidden] -= rate * error[output]
        }
        for unit in 0..<hidden {
            let slope = rate * back[unit] * (1 - activity[unit] * activity[unit])
            let row = unit * (inputs + 1)
            for place in 0..<inputs { weights[row + place] -= slope * pixels[place] }
            weights[row + inputs] -= slope
        }
    }
}

extension Network {
    /// Four numbers of 32 bits (inputs, hidden, outputs, epoch), then the weights; little-endian.
    var bytes: [UInt8] {
        let header = [inputs, hidden, outputs, epoch].map { UInt32($0) } + weights.map(\.bitPattern)
        return header.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    /// Reads what `bytes` gave, or nothing where it is something else.
    init?(bytes: [UInt8]) {
        let words = stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { place in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << ($1 * 8) }
        }
        guard words.count > 4, words[0..<3].allSatisfy({ 1...65_536 ~= $0 }) else { return nil }
        self.init(inputs: Int(words[0]), hidden: 1, outputs: 1, words: words)
    }

    private init?(inputs: Int, hidden: Int, outputs: Int, words: [UInt32]) {
        (self.inputs, self.hidden, self.outputs) = (inputs, Int(words[1]), Int(words[2]))
        epoch = Int(words[3])
        weights = words[4...].map { Float(bitPattern: $0) }
        guard weights.count == self.hidden * (inputs + 1) + self.outputs * (self.hidden + 1) else { return nil }
    }
}
