/// Client connections.
package struct ConnectionStatistics: Sendable, Encodable, Equatable {
    package var open = 0
    package var accepted: UInt64 = 0
    /// Turned away at the limit.
    package var refused: UInt64 = 0

    package init() {}
}
