/// Client connections.
package struct ConnectionStatistics: Sendable, Encodable, Equatable {
    package var open = 0
    package var accepted: UInt64 = 0
    /// Turned away at a limit.
    package var refused: UInt64 = 0
    /// Times when accepting stopped for want of files or memory.
    package var acceptPauses: UInt64 = 0

    package init() {}
}
