import NIOCore

/// Whom a server has to show that it is: for an upstream the host of its URL, whatever `Host` says.
struct ServerName: Sendable {
    /// Without the dot that may end a name.
    let text: String
    let isAddress: Bool

    init(host: String) {
        isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        text = host.hasSuffix(".") ? String(host.dropLast()) : host
    }

    /// What the handshake names; addresses are not named (RFC 6066 §3).
    var indication: String? { isAddress ? nil : text }
}
