/// Client connections.
package struct ConnectionStatistics: Sendable, Encodable, Equatable {
    package var open = 0
    package var accepted: UInt64 = 0
    /// Turned away at a limit.
    package var refused: UInt64 = 0
    /// Times when accepting stopped for want of files or memory.
    package var acceptPauses: UInt64 = 0

    /// Of those accepted: that spoke HTTP/2, and that were ended for breaking its rules or flooding.
    package var http2: UInt64 = 0
    package var http2Errors: UInt64 = 0
    /// Ended because a head was not whole in time.
    package var http2SlowHeads: UInt64 = 0
    /// Requests on them.
    package var http2Streams: UInt64 = 0

    package init() {}
}
