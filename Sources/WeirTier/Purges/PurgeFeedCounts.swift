/// What this sidecar has told and heard of purges.
package struct PurgeFeedCounts: Sendable, Equatable {
    package var sent: UInt64 = 0
    /// Made by other sidecars, and applied here.
    package var received: UInt64 = 0
    /// Made while Redis could not be reached: to be told yet.
    package var untold = 0
    /// How often purges may have been missed, so that all that was stored had to be validated.
    package var doubts: UInt64 = 0
}
