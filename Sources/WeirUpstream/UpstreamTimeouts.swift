package import NIOCore

/// How long one upstream call may take, by phase.
package struct UpstreamTimeouts: Sendable, Equatable {
    /// TCP (and TLS) connection established.
    package var connect: TimeAmount
    /// From the request sent to the response's first byte.
    package var firstByte: TimeAmount
    /// Between two reads of the response, or two writes of the request.
    package var idle: TimeAmount
    /// The whole call.
    package var total: TimeAmount

    package init(
        connect: TimeAmount = .seconds(2),
        firstByte: TimeAmount = .seconds(60),
        idle: TimeAmount = .seconds(30),
        total: TimeAmount = .minutes(10)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}
