/// What requests under way hold in memory: bodies that are keys, answers that many read.
package struct BufferStatistics: Sendable, Encodable, Equatable {
    package var bytes = 0
    package var capacityBytes = 0

    package init() {}
}
