/// What has come of writing a snapshot, or of reading one.
package struct SnapshotOutcome: Sendable, Equatable {
    /// Entries written, or stored again.
    package var entries = 0
    /// Entries left out: of no use any more; where they are read, also what has been purged or replaced since, and what
    /// there is no room for.
    package var dropped = 0
    /// Bytes of the file, as far as it was written or read.
    package var bytes = 0
    /// Why it is not whole; nil where it is.
    package var fault: SnapshotFault?

    package init(entries: Int = 0, dropped: Int = 0, bytes: Int = 0, fault: SnapshotFault? = nil) {
        self.entries = entries
        self.dropped = dropped
        self.bytes = bytes
        self.fault = fault
    }
}
