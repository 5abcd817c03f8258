/// What can come of asking and telling Redis; the raw values are the names in metrics and stats.
package enum TierEvent: String, Sendable, CaseIterable {
    /// A request was answered from Redis.
    case hit
    /// It was not: nothing of use is stored there.
    case miss
    /// Redis was of no use at the time, and was not asked.
    case skipped
    /// Redis failed, or took too long.
    case failed
    /// What is stored has been purged since it was asked for.
    case purged
    /// What is stored is damaged, of another version, or sealed with another key.
    case unreadable
    /// This sidecar took the lock.
    case locked
    /// A refreshment that nobody waits for was left to another sidecar.
    case left
    /// A request waited for another sidecar's fetch.
    case waited
    case written
    /// An answer was too large to be written, or too many were being written, or Redis did not take it.
    case unwritten
    /// An answer was not written because one that was asked for later had been.
    case outrun
}
