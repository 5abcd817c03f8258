package import WeirCache

/// What a start has read of the snapshot that was left by the life before.
package struct RestoredSnapshot: Sendable, Equatable {
    /// It is being read, or about to be.
    package var isUnderWay: Bool
    package var outcome: SnapshotOutcome
    package var milliseconds: Int64

    package init(isUnderWay: Bool = false, outcome: SnapshotOutcome = SnapshotOutcome(), milliseconds: Int64 = 0) {
        self.isUnderWay = isUnderWay
        self.outcome = outcome
        self.milliseconds = milliseconds
    }
}
