/// Finds places in a slab by a hash of what lies there: eight bytes a slot, nothing kept twice. Open addressing, linear
/// probing; whoever asks compares what he finds.
///
/// Positions depend on a number drawn at random, so that nobody can choose keys that fall next to each other.
struct HandleTable {
    private struct Slot {
        var hash: UInt32 = 0
        /// Negative where the slot is free.
        var handle: Int32 = -1
    }

    /// Places with one hash, one after the other.
    struct Probe {
        fileprivate let hash: UInt32
        fileprivate var position: Int
    }

    /// A power of two of them, at most three quarters taken.
    private var slots: [Slot]
    private static var minSlots: Int { 8 }
    private let seed = UInt64.random(in: .min ... .max) | 1
    private(set) var count = 0

    init() { slots = Array(repeating: Slot(), count: Self.minSlots) }

    func probe(_ hash: UInt32) -> Probe { Probe(hash: hash, position: home(of: hash)) }

    /// The next place with the probe's hash; nil when there are no more.
    func next(_ probe: inout Probe) -> Int32? {
        while slots[probe.position].handle >= 0 {
            let slot = slots[probe.position]
            probe.position = after(probe.position)
            if slot.hash == probe.hash { return slot.handle }
        }
        return nil
    }

    mutating func insert(_ handle: Int32, hash: UInt32) {
        if Self.isFull(slots.count, with: count + 1) { rebuild(slots: slots.count * 2) { $0 } }
        place(Slot(hash: hash, handle: handle))
        count += 1
    }

    mutating func replace(_ old: Int32, with new: Int32, hash: UInt32) {
        slots[position(of: old, hash)].handle = new
    }

    /// What was pushed on by the slot that becomes free moves back, so that no mark has to stay.
    mutating func remove(_ handle: Int32, hash: UInt32) {
        var free = position(of: handle, hash)
        var position = after(free)
        while slots[position].handle >= 0 {
            let home = home(of: slots[position].hash)
            if distance(from: home, to: position) >= distance(from: free, to: position) {
                slots[free] = slots[position]
                free = position
            }
            position = after(position)
        }
        slots[free] = Slot()
        count -= 1
    }

    /// Follows what has moved in the slab, with as few slots as will do.
    mutating func compact(_ moves: SlabMoves) {
        var slots = Self.minSlots
        while Self.isFull(slots, with: count) { slots *= 2 }
        rebuild(slots: slots) { moves[$0] }
    }

    private static func isFull(_ slots: Int, with count: Int) -> Bool { count * 4 > slots * 3 }

    private mutating func rebuild(slots count: Int, _ moved: (Int32) -> Int32) {
        let old = slots
        slots = Array(repeating: Slot(), count: count)
        for slot in old where slot.handle >= 0 { place(Slot(hash: slot.hash, handle: moved(slot.handle))) }
    }

    private mutating func place(_ slot: Slot) {
        var position = home(of: slot.hash)
        while slots[position].handle >= 0 { position = after(position) }
        slots[position] = slot
    }

    private func position(of handle: Int32, _ hash: UInt32) -> Int {
        var position = home(of: hash)
        while slots[position].handle != handle {
            precondition(slots[position].handle >= 0, "Cannot find what is not in the table")
            position = after(position)
        }
        return position
    }

    private func home(of hash: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* seed) >> 32) & (slots.count - 1)
    }

    private func after(_ position: Int) -> Int { (position + 1) & (slots.count - 1) }

    private func distance(from start: Int, to end: Int) -> Int { (end - start) & (slots.count - 1) }
}
