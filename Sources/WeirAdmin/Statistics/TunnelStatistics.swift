/// Connections that have switched to another protocol, such as WebSocket.
package struct TunnelStatistics: Sendable, Encodable, Equatable {
    package var open: UInt64 = 0
    package var total: UInt64 = 0
    /// From clients.
    package var receivedBytes: UInt64 = 0
    /// To clients.
    package var sentBytes: UInt64 = 0

    package init() {}
}
