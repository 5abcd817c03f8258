import NIOCore

/// Which fields belong to one connection and which must reach the other end (RFC 9110 §7.6.1).
package enum HopByHop {
    /// Fields of this connection alone, removed before a message is passed on, besides those that Connection
    /// names (``ConnectionOptions``). Proxy-Authenticate and Proxy-Authorization are for whoever answers them.
    package static let names: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .trailer, .http2Settings,
    ]
}
