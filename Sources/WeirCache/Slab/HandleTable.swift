/// Finds places in a slab by a hash of what lies there: eight bytes a slot, nothing kept twice; whoever asks compares
/// what he finds.
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

    /// Places of a part, on average, from which on there is one part more.
    private static var placesPerPart: Int { 512 }
    /// Below this there is one less.
    private static var fewestPerPart: Int { 128 }
    /// Bits of a hash that choose the slot within a part, as a rule: those above choose the part.
    private static var slotBits: UInt32 { 12 }

    private let seed: UInt64
    private(set) var parts: [Part]
    /// The next power of two of parts, less one.
    private var mask = 0
    private(set) var count = 0

    init() {
        seed = UInt64.random(in: .min ... .max) | 1
        parts = [Part(seed: seed)]
    }

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
        if parts.count > 1, count < parts.count * Self.fewestPerPart { merge() }
    }

    private func part(of hash: UInt32) -> Int { part(mixed: Self.mixed(hash, seed: seed)) }

    /// By as many bits as there are parts for; where its part is not there yet, its places are in that with a bit less.
    @inline(__always)
    private func part(mixed: UInt32) -> Int {
        let part = Int(mixed >> Self.slotBits) & mask
        return part < parts.count ? part : part & (mask >> 1)
    }

    /// The part that the last one comes from.
    private var sibling: Int { (parts.count - 1) & (mask >> 1) }

    private mutating func split() {
        if parts.count > mask { mask = mask * 2 + 1 }
        parts.append(Part(seed: seed))
        let old = exchange(&parts[sibling], with: Part(seed: seed))
        for slot in old.taken { parts[part(of: slot.hash)].insert(slot) }
    }

    private mutating func merge() {
        let sibling = sibling
        for slot in parts.removeLast().taken { parts[sibling].insert(slot) }
        if parts.count <= mask >> 1 + 1 { mask >>= 1 }
    }
}
