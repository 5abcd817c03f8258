/// An open-addressed hash table from lower-case names to ``FieldName``, built once.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    /// A name's first and last eight bytes in lower case, which overlap in names shorter than sixteen.
    private struct Ends: Equatable {
        var first: UInt64
        var last: UInt64

        /// - Parameter name: at least two bytes.
        @inline(__always)
        init(of name: Span<UInt8>) {
            let count = name.count
            if count >= 8 {
                first = Bytewise.lowercased(name.word(at: 0))
                last = Bytewise.lowercased(name.word(at: count - 8))
            } else if count >= 4 {
                first = Bytewise.lowercased(UInt64(name.halfWord(at: 0)))
                last = Bytewise.lowercased(UInt64(name.halfWord(at: count - 4)))
            } else {
                first = Bytewise.lowercased(UInt64(name[0]) | UInt64(name[1]) &<< 8)
                last = Bytewise.lowercased(UInt64(name[count - 1]))
            }
        }

        @inline(__always)
        func slot(count: Int) -> Int {
            let mixed = (first ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15 ^ last &* 0xC2B2_AE3D_27D4_EB4F
            return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) &>> 55)
        }
    }

    private struct Entry {
        var ends: Ends
        var count: Int
        /// Where the name in lower case begins in `characters`.
        var start: Int
        var name: FieldName
    }

    private static let slotCount = 512
    private let longest: Int
    /// One more than an index into `entries`; 0 in an empty slot.
    private let slots: [UInt8]
    private let entries: [Entry]
    private let characters: [UInt8]

    private init() {
        var slots = [UInt8](repeating: 0, count: Self.slotCount)
        var entries: [Entry] = []
        var characters: [UInt8] = []
        for name in FieldName.allCases where name != .other {
            let lowered = name.canonicalName.description.utf8.map(ASCII.lowercased)
            let ends = Ends(of: lowered.span)
            entries.append(Entry(ends: ends, count: lowered.count, start: characters.count, name: name))
            characters += lowered
            var slot = ends.slot(count: lowered.count)
            while slots[slot] != 0 { slot = (slot + 1) % Self.slotCount }
            slots[slot] = UInt8(entries.count)
        }
        self.slots = slots
        self.entries = entries
        self.characters = characters
        longest = entries.map(\.count).max() ?? 0
    }

    func find(_ name: Span<UInt8>) -> FieldName {
        let count = name.count
        guard count >= 2, count <= longest else { return .other }
        let ends = Ends(of: name)
        var slot = ends.slot(count: count)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.count == count, entry.ends == ends, count <= 16 || middleMatches(name, entry) { return entry.name }
            slot = (slot + 1) % Self.slotCount
        }
        return .other
    }

    /// Whether what lies between the first and last eight bytes is the same too.
    private func middleMatches(_ name: Span<UInt8>, _ entry: Entry) -> Bool {
        let characters = characters.span
        for index in 8..<(name.count - 8)
        where ASCII.lowercased(name[index]) != characters[entry.start + index] { return false }
        return true
    }
}
