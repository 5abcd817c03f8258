/// Why a command has no reply. What a server answers with an error has one: ``RedisReply/error(_:)``.
package enum RedisError: Error, Sendable, Hashable {
    /// Not sent: no connection is up, or the breaker is open.
    case unavailable
    /// Its time is over. The server may have acted on it, or may still.
    case timedOut
    /// Not sent: too many commands, or too many bytes of them, wait for replies on the connection.
    case full
    /// The connection has ended, or the client has been shut down. The server may have acted on it.
    case closed
    /// What came is no reply, or more than the settings allow; the connection has been closed.
    case protocolViolation
    /// The server does not take this client: wrong password, no such database. In its words.
    case refused(String)
    /// In a cluster: sent on from node to node too often.
    case misdirected

    /// As metrics, logs and the stats endpoint name it.
    package var name: String {
        switch self {
        case .unavailable: "unavailable"
        case .timedOut: "timed_out"
        case .full: "full"
        case .closed: "closed"
        case .protocolViolation: "protocol_violation"
        case .refused: "refused"
        case .misdirected: "misdirected"
        }
    }
}
