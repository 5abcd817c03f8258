extension Shard {
    /// Slots of the slabs, used and free: what ``compact()`` goes through.
    var slots: Int { entries.slots + tags.slots + tags.linkSlots }

    /// Whether a slab has more free slots than taken ones, and nobody holds on to places.
    var isToBeCompacted: Bool { walks == 0 && (entries.isMostlyFree || tags.isMostlyFree) }

    /// Gives back the memory of slots that nothing lies in any more: an entry's bytes count its own share of the slabs
    /// only. Every entry keeps its standing, its order among the variants of its key and its tags; handles change.
    mutating func compact() {
        precondition(walks == 0, "Cannot move entries while a purge holds on to their places")
        let moves = entries.compact()
        index.compact(moves)
        let links = tags.compact(entries: moves)
        entries.updateAll { entry in
            entry.older = moves[entry.older]
            entry.tagLinks = entry.tagLinks.moved(links)
        }
    }

    /// Between these two the places that ``entries(for:within:)`` gives stay what they are, under other locks even.
    mutating func beginWalk() { walks += 1 }

    mutating func endWalk() { walks -= 1 }
}
