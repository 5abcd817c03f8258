/// An open-addressed hash table from lower-case names to ``FieldName``, built once.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    private static let mask = 511
    /// `FieldName.rawValue` at the name's slot, 0 where there is none.
    private let slots: [UInt8]
    /// Every known name in lower case, one after the other.
    private let characters: [UInt8]
    /// Where each name begins in `characters`, by raw value; one more at the end.
    private let starts: [Int]

    private init() {
        var characters: [UInt8] = []
        var starts: [Int] = []
        var slots = [UInt8](repeating: 0, count: Self.mask + 1)
        for name in FieldName.allCases {
            starts.append(characters.count)
            let lowered = name.canonicalName.description.utf8.map(ASCII.lowercased)
            characters += lowered
            guard name != .other else { continue }
            var slot = Self.hash(lowered.span)
            while slots[slot] != 0 { slot = (slot + 1) & Self.mask }
            slots[slot] = name.rawValue
        }
        starts.append(characters.count)
        self.slots = slots
        self.characters = characters
        self.starts = starts
    }

    func find(_ name: Span<UInt8>) -> FieldName {
        guard name.count > 1 else { return .other }
        var slot = Self.hash(name)
        while slots[slot] != 0 {
            if matches(name, Int(slots[slot])) { return FieldName(rawValue: slots[slot]) ?? .other }
            slot = (slot + 1) & Self.mask
        }
        return .other
    }

    private func matches(_ name: Span<UInt8>, _ candidate: Int) -> Bool {
        let start = starts[candidate]
        guard starts[candidate + 1] - start == name.count else { return false }
        for index in 0..<name.count where ASCII.lowercased(name[index]) != characters[start + index] { return false }
        return true
    }

    /// Length, first, middle and last characters tell nearly all known names apart.
    private static func hash(_ name: Span<UInt8>) -> Int {
        let count = name.count
        let first = Int(name[0] | 0x20)
        let middle = Int(name[count / 2] | 0x20)
        let late = Int(name[count - 2] | 0x20)
        let last = Int(name[count - 1] | 0x20)
        return (count &* 37 &+ first &* 5 &+ middle &* 11 &+ late &* 17 &+ last &* 3) & mask
    }
}
