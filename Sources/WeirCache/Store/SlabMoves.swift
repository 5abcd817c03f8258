/// Where what lies in a slab comes to lie once the free slots are left out.
struct SlabMoves {
    /// Free slots that a slab may always have: with fewer, less is gained than the work is worth.
    private static var permittedFree: Int { 64 }

    /// The new place of each slot, negative where it is free.
    private var places: [Int32] = []
    /// Slots of the new slab.
    private(set) var count = 0

    init<Element>(of slab: [Element], isTaken: (Element) -> Bool) {
        places.reserveCapacity(slab.count)
        for element in slab {
            let isTaken = isTaken(element)
            places.append(isTaken ? Int32(count) : -1)
            if isTaken { count += 1 }
        }
    }

    /// Nowhere stays nowhere.
    subscript(place: Int32) -> Int32 { place < 0 ? place : places[Int(place)] }

    subscript(handle: EntryHandle) -> EntryHandle { EntryHandle(index: self[handle.index]) }

    /// Whether more of a slab is free than taken, so that as many have left as there is to move.
    static func areDue(slots: Int, taken: Int) -> Bool { slots - taken > max(taken, permittedFree) }
}
