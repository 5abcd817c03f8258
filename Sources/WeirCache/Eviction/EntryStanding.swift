/// Where an entry stands among those that may go when memory is short.
struct EntryStanding: Sendable, Equatable {
    /// In the queue of what has been asked for often, rather than that of what is new.
    var isMain: Bool
    /// Uses since it came there.
    var uses: UInt8
}
