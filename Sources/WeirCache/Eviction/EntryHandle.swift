/// Where an entry lies in its shard's slab. A handle outlives its entry and is used again, so only who owns the
/// shard may keep one.
struct EntryHandle: Hashable, Sendable {
    let index: Int32

    static let none = EntryHandle(index: -1)
}
