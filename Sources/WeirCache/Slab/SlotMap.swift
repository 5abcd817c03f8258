/// Which slots of a slab are taken, a bit each: the lowest free one is found by looking at a bit for every 4,096.
struct SlotMap {
    /// A bit for each slot.
    private var taken: [UInt64] = []
    /// A bit for each word of `taken` in which something is free.
    private var roomy: [UInt64] = []
    /// Slots that are taken.
    private(set) var count = 0

    static var slotsPerWord: Int { UInt64.bitWidth }

    /// A multiple of ``slotsPerWord``.
    var slots: Int { taken.count * Self.slotsPerWord }

    func contains(_ slot: Int) -> Bool { slot >= 0 && slot < slots && Self.holds(taken, slot) }

    /// The lowest free slot; nil where all are taken.
    var lowestFree: Int? {
        guard let group = roomy.firstIndex(where: { $0 != 0 }) else { return nil }
        let word = group * Self.slotsPerWord + roomy[group].trailingZeroBitCount
        return word * Self.slotsPerWord + (~taken[word]).trailingZeroBitCount
    }

    /// The highest slot that is taken, from this one on; nil where they are all free.
    func highestTaken(from start: Int) -> Int? {
        let first = start / Self.slotsPerWord
        guard let word = taken[first...].lastIndex(where: { $0 != 0 }) else { return nil }
        return word * Self.slotsPerWord + Self.slotsPerWord - 1 - taken[word].leadingZeroBitCount
    }

    mutating func take(_ slot: Int) {
        precondition(!Self.holds(taken, slot), "Cannot take a slot that is taken")
        Self.set(&taken, slot, to: true)
        let word = slot / Self.slotsPerWord
        if taken[word] == .max { Self.set(&roomy, word, to: false) }
        count += 1
    }

    mutating func release(_ slot: Int) {
        precondition(Self.holds(taken, slot), "Cannot free a slot twice")
        Self.set(&taken, slot, to: false)
        Self.set(&roomy, slot / Self.slotsPerWord, to: true)
        count -= 1
    }

    /// So many more slots at the end, all free.
    mutating func extend(by slots: Int) {
        for _ in 0..<slots / Self.slotsPerWord {
            if taken.count % Self.slotsPerWord == 0 { roomy.append(0) }
            Self.set(&roomy, taken.count, to: true)
            taken.append(0)
        }
    }

    /// So many fewer slots at the end, all of which have to be free.
    mutating func shorten(by slots: Int) {
        for _ in 0..<slots / Self.slotsPerWord {
            precondition(taken.removeLast() == 0, "Cannot give up a slot that is taken")
            Self.set(&roomy, taken.count, to: false)
            if taken.count % Self.slotsPerWord == 0 { roomy.removeLast() }
        }
    }

    private static func holds(_ words: [UInt64], _ bit: Int) -> Bool {
        words[bit / slotsPerWord] >> (bit % slotsPerWord) & 1 != 0
    }

    private static func set(_ words: inout [UInt64], _ bit: Int, to value: Bool) {
        let mask: UInt64 = 1 << (bit % slotsPerWord)
        if value { words[bit / slotsPerWord] |= mask } else { words[bit / slotsPerWord] &= ~mask }
    }
}
