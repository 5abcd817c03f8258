extension Shard {
    /// Slots of the slabs, used and free.
    var slots: Int { entries.slots + tags.slots }

    /// Whether a slab has a page to spare, and nobody holds on to places.
    var isToBeCompacted: Bool { walks == 0 && (entries.hasPageToSpare || tags.hasPageToSpare) }

    /// Gives back some of the memory in which nothing lies any more, going on where the call before has stopped: an entry's
    /// bytes count its own share of the slabs only. What lies in the last page of a slab moves to lower slots. Every entry
    /// keeps its standing, its order among the variants of its key and its tags; handles change.
    /// - Parameter steps: how many entries, tags of theirs and groups may be touched and pages let go of; those that have
    ///   been are taken off, an entry always with all of its tags.
    mutating func compact(steps: inout Int) {
        guard walks == 0 else { return }
        while let handle = entries.nextToMove(steps: &steps) { move(handle, steps: &steps) }
        tags.compact(steps: &steps)
    }

    private mutating func move(_ handle: EntryHandle, steps: inout Int) {
        let entry = entries.element(handle)
        let newest = newest(entry.response.key)
        let moved = entries.move(handle)
        if newest == handle {
            index.replace(handle.index, with: moved.index, hash: Self.hash(entry.response.key))
        } else {
            var newer = newest
            while entries.element(newer).older != handle { newer = entries.element(newer).older }
            entries.update(newer) { $0.older = moved }
        }
        let hashes = TagIndex.hashes(of: entry.response)
        tags.move(handle, to: moved, tags: hashes)
        steps -= 1 + hashes.count
    }
}
