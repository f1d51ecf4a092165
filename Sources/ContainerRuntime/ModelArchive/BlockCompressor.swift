import CDeflate

/// Decides for each block how it is compressed, and compresses it.
///
/// Each thread has its own.
///
/// What is decided follows from the block's bytes and the level alone, in integers, so that every machine and every number
/// of threads decides alike.
final class BlockCompressor {
    private let level: PackingOptions.Level
    private let plain: Bool
    /// For data with matches.
    private let general: (any BlockEngine)?
    /// For data without, where the Huffman coder has to be compared with something.
    private let light: (any BlockEngine)?
    /// A block of zeros, compressed, made when the first one comes: sparse files are full of them.
    private var zeros: [UInt8]?

    /// Makes a compressor, or nothing where there is no memory for its engines.
    init?(level: PackingOptions.Level, plain: Bool) {
        self.level = level
        self.plain = plain
        guard !plain, level != .store else {
            (general, light) = (nil, nil)
            return
        }
        light = IsalEngine(level: 1)
        switch level {
        case .fast: general = IsalEngine.isThere ? IsalEngine(level: 2) : ZlibEngine(level: 1)
        case .balanced: general = ZlibEngine(level: 6)
        case .best, .store: general = ZlibEngine(level: 9)
        }
        guard general != nil, light != nil || !IsalEngine.isThere else { return nil }
    }

    /// Compresses a slot's input into its output.
    ///
    /// The end of the block before is asked for only if it is of use.
    func compress(_ slot: BlockSlot, dictionary: () -> UnsafeRawBufferPointer) {
        guard !plain else {
            slot.result = .raw
            return
        }
        slot.checksum = Checksum.of(slot.bytes)
        slot.result = .stored
        guard let general else { return }
        let count = choose(slot, general, dictionary)
        if let count, count < StoredBlocks.size(slot.count) { slot.result = .deflated(count) }
    }

    private func choose(
        _ slot: BlockSlot,
        _ general: any BlockEngine,
        _ dictionary: () -> UnsafeRawBufferPointer
    ) -> Int? {
        let block = slot.bytes
        let base = block.bindMemory(to: UInt8.self).baseAddress
        if block.count == BlockSlot.size, cdeflate_all_zero(base, block.count) != 0 { return zeroBlock(slot, general) }
        var sample = cdeflate_sample()
        cdeflate_look(base, block.count, &sample)
        // 16 KiB of random bytes show 7.989 bits a byte: what is left to gain is not worth the time.
        let incompressible = level == .fast ? 7940 : 7980
        if sample.repeats * 128 < sample.positions, sample.millibits >= incompressible { return nil }
        guard sample.repeats * 16 < sample.positions else {
            return general.deflate(block, after: dictionary(), into: slot.output)
        }
        return literals(slot, sample, general, dictionary)
    }

    /// A block with few matches, as weights are.
    private func literals(
        _ slot: BlockSlot,
        _ sample: cdeflate_sample,
        _ general: any BlockEngine,
        _ dictionary: () -> UnsafeRawBufferPointer
    ) -> Int? {
        let block = slot.bytes
        let clear = sample.repeats * 128 < sample.positions
        if level == .fast, clear { return huffman(block, slot.output) }
        if level != .fast, !clear { return general.deflate(block, after: dictionary(), into: slot.output) }
        let engine = light ?? general
        if level != .fast {
            // The smaller of the two; the first one is made again if it was: both go to the same place.
            let coded = huffman(block, slot.output)
            let matched = engine.deflate(block, after: .init(start: nil, count: 0), into: slot.output)
            guard let coded, coded < matched ?? .max else { return matched }
            return huffman(block, slot.output)
        }
        // Where it is not clear, a sixteenth of the block decides, within 0.3%.
        let part = UnsafeRawBufferPointer(rebasing: block.prefix(64 << 10))
        let coded = huffman(part, slot.output)
        let matched = engine.deflate(part, after: .init(start: nil, count: 0), into: slot.output)
        if let coded, coded <= (matched ?? .max / 1003) / 1000 * 1003 { return huffman(block, slot.output) }
        return engine.deflate(block, after: .init(start: nil, count: 0), into: slot.output)
    }

    private func huffman(_ block: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Int? {
        let count = cdeflate_huffman(
            block.bindMemory(to: UInt8.self).baseAddress,
            block.count,
            output.bindMemory(to: UInt8.self).baseAddress,
            output.count
        )
        return count > 0 ? count : nil
    }

    private func zeroBlock(_ slot: BlockSlot, _ general: any BlockEngine) -> Int? {
        if zeros == nil, let count = general.deflate(slot.bytes, after: .init(start: nil, count: 0), into: slot.output)
        {
            zeros = Array(slot.output[..<count])
        }
        guard let zeros else { return nil }
        slot.output.copyBytes(from: zeros)
        return zeros.count
    }
}
