/// What a start has read of the file that was left by the life before.
package struct SnapshotStatistics: Sendable, Encodable, Equatable {
    /// It goes on: the figures come when it is over.
    package var isReading: Bool
    package var restoredEntries: Int
    /// Of no use any more, purged or replaced meanwhile, or more than there is room for.
    package var droppedEntries: Int
    package var readBytes = 0
    package var readSeconds = 0.0
    /// Why it was not read, or not to its end: what it is or does, without its path.
    package var problem: String?

    package init(isReading: Bool, restoredEntries: Int, droppedEntries: Int) {
        self.isReading = isReading
        self.restoredEntries = restoredEntries
        self.droppedEntries = droppedEntries
    }
}
