/// Finds places in a slab by a hash of what lies there, or by several: eight bytes a slot, nothing kept twice; whoever asks
/// compares what he finds.
///
/// It consists of parts that grow one at a time, a part more for every 512 places (linear hashing, Litwin, VLDB '80), so
/// that no change touches more than the places of two parts. Where something lies depends on a number drawn at random, so
/// that nobody can choose keys that fall next to each other.
struct HandleTable {
    /// Places with one hash, one after the other.
    struct Probe {
        fileprivate let hash: UInt32
        fileprivate let part: Int
        fileprivate var position: Int
    }

    /// How far a walk through all places has got.
    struct Cursor {
        fileprivate var rank = 0

        static var end: Cursor { Cursor(rank: 1 << HandleTable.partBits) }

        var isAtEnd: Bool { rank >> HandleTable.partBits > 0 }

        /// Whether the walk comes to places with this hash, or past them, later.
        func isBefore(_ hash: UInt32, seed: UInt64) -> Bool { HandleTable.rank(hash, seed: seed) >= rank }
    }

    /// Places of a part, on average, from which on there is one part more.
    private static var placesPerPart: Int { 512 }
    /// Below this there is one less.
    private static var fewestPerPart: Int { 128 }
    /// Bits of a hash that choose the slot within a part, as a rule: those above choose the part, the lowest first.
    static var slotBits: Int { 12 }
    fileprivate static var partBits: Int { 32 - slotBits }

    private let seed: UInt64
    private(set) var parts: [Part]
    /// The next power of two of parts, less one.
    private var mask = 0
    private(set) var count = 0

    init() { self.init(seed: Self.randomSeed()) }

    /// - Parameter seed: odd, of ``randomSeed()``.
    init(seed: UInt64) {
        self.seed = seed
        parts = [Part(seed: seed)]
    }

    static func randomSeed() -> UInt64 { UInt64.random(in: .min ... .max) | 1 }

    @inline(__always)
    static func mixed(_ hash: UInt32, seed: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(hash) &* seed) >> 32)
    }

    @inline(__always)
    func probe(_ hash: UInt32) -> Probe {
        let mixed = Self.mixed(hash, seed: seed)
        let part = part(mixed: mixed)
        return Probe(hash: hash, part: part, position: parts[part].home(mixed: mixed))
    }

    /// The next place with the probe's hash; nil when there are no more.
    @inline(__always)
    func next(_ probe: inout Probe) -> Int32? { parts[probe.part].next(probe.hash, from: &probe.position) }

    mutating func insert(_ handle: Int32, hash: UInt32) {
        parts[part(of: hash)].insert(Slot(hash: hash, handle: handle))
        count += 1
        if count > parts.count * Self.placesPerPart { split() }
    }

    mutating func replace(_ old: Int32, with new: Int32, hash: UInt32) {
        parts[part(of: hash)].replace(old, with: new, hash: hash)
    }

    mutating func remove(_ handle: Int32, hash: UInt32) {
        parts[part(of: hash)].remove(handle, hash: hash)
        count -= 1
        if parts.count > 1, count < parts.count * Self.fewestPerPart { mergeIfSmall() }
    }

    private func part(of hash: UInt32) -> Int { part(mixed: Self.mixed(hash, seed: seed)) }

    /// By as many bits as there are parts for; where its part is not there yet, its places are in that with a bit less.
    @inline(__always)
    private func part(mixed: UInt32) -> Int {
        part(Int(mixed >> UInt32(Self.slotBits)))
    }

    @inline(__always)
    private func part(_ bits: Int) -> Int {
        let part = bits & mask
        return part < parts.count ? part : part & (mask >> 1)
    }

    // MARK: Walking

    /// What the next part holds of the places that the walk has not come to yet; nothing where it is at its end. Over
    /// places that stay in the table it comes once each, whatever else comes and goes between two calls, and however parts
    /// split and merge.
    func next(_ cursor: inout Cursor) -> [Int32] {
        guard !cursor.isAtEnd else { return [] }
        let part = part(Int(Self.reversed(UInt32(cursor.rank))))
        let first = cursor.rank
        // The bits that all in this part have in common are the first of their ranks.
        let span = 1 << (Self.partBits - commonBits(of: part))
        cursor.rank = (first / span + 1) * span
        return parts[part].taken.filter { Self.rank($0.hash, seed: seed) >= first }.map(\.handle)
    }

    /// A part's bits the other way round: parts in the order of these stay beside those that they come from.
    fileprivate static func rank(_ hash: UInt32, seed: UInt64) -> Int {
        Int(reversed(mixed(hash, seed: seed) >> UInt32(slotBits)))
    }

    private static func reversed(_ bits: UInt32) -> UInt32 {
        var (bits, reversed) = (bits, UInt32(0))
        for _ in 0..<partBits {
            reversed = reversed << 1 | bits & 1
            bits >>= 1
        }
        return reversed
    }

    /// How many of their lowest bits are the same for all in a part.
    private func commonBits(of part: Int) -> Int {
        let isSplit = part > mask >> 1 || part + mask >> 1 + 1 < parts.count
        return (isSplit ? mask : mask >> 1).nonzeroBitCount
    }

    /// The part that the last one comes from.
    private var sibling: Int { (parts.count - 1) & (mask >> 1) }

    private mutating func split() {
        if parts.count > mask { mask = mask * 2 + 1 }
        parts.append(Part(seed: seed))
        let old = exchange(&parts[sibling], with: Part(seed: seed))
        for slot in old.taken { parts[part(of: slot.hash)].insert(slot) }
    }

    /// Unless the two are large: what is removed in the order of a walk leaves some parts full to the last.
    private mutating func mergeIfSmall() {
        let sibling = sibling
        guard parts[sibling].count + parts[parts.count - 1].count <= Self.placesPerPart else { return }
        for slot in parts.removeLast().taken { parts[sibling].insert(slot) }
        if parts.count <= mask >> 1 + 1 { mask >>= 1 }
    }
}
