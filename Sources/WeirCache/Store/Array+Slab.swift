extension Array {
    /// Appends; where there is no room, makes room for a quarter more: doubling would leave half of a slab unused.
    mutating func appendToSlab(_ element: Element) {
        if count == capacity { reserveCapacity(Self.slabCapacity(count)) }
        append(element)
    }

    /// Leaves the free slots out, and gives their memory back.
    /// - Parameter change: what each of the others needs to know of the moves.
    mutating func compactSlab(_ moves: SlabMoves, _ change: (inout Element) -> Void) {
        var slab: [Element] = []
        slab.reserveCapacity(Self.slabCapacity(moves.count))
        for place in indices where moves[Int32(place)] >= 0 {
            slab.append(self[place])
            change(&slab[slab.count - 1])
        }
        self = slab
    }

    private static func slabCapacity(_ count: Int) -> Int { count + count / 4 + 8 }
}
