import NIOCore

/// Who an upstream has to show that it is: the host of its URL, whatever `Host` says.
struct ServerName: Sendable {
    /// Without the dot that may end a name.
    let text: String
    let isAddress: Bool

    init(_ url: UpstreamURL) {
        isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        text = url.host.hasSuffix(".") ? String(url.host.dropLast()) : url.host
    }

    /// What the handshake names; addresses are not named (RFC 6066 §3).
    var indication: String? { isAddress ? nil : text }
}
