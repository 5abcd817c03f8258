import NIOCore

/// The protocols that a client offers to switch to (RFC 9110 §7.8), as they go upstream.
package struct ProtocolOffer: Sendable, Equatable {
    /// The value of `Upgrade`: names with or without versions, a comma between them.
    package let value: String

    /// What a request offers, if it is one that may switch: GET without a body over HTTP/1.1, whose `Connection` names
    /// `Upgrade`. HTTP/2 is not offered on (RFC 9113 §3.1 has taken `h2c` out), nor what is no protocol's name.
    package init?(_ head: RequestHead) {
        guard head.fields.contains(.upgrade), head.method == .get, head.version == .http11, head.framing == .none,
            ConnectionOptions(head.fields).upgrade
        else { return nil }
        let offered = head.fields.listMembers(.upgrade).filter { Self.isProtocol($0) && !Self.isHTTP2($0) }
        guard !offered.isEmpty else { return nil }
        value = offered.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
    }

    /// Whether a 101 names one of these, and nothing else.
    package func isAccepted(by head: ResponseHead) -> Bool {
        let chosen = head.fields.listMembers(.upgrade).map { String(decoding: $0, as: UTF8.self).lowercased() }
        let offered = value.lowercased().split(separator: ",").map { $0.drop { $0 == " " } }
        return !chosen.isEmpty && chosen.allSatisfy { offered.contains(Substring($0)) }
    }

    /// `token ["/" token]`.
    private static func isProtocol(_ name: ByteBufferView) -> Bool {
        let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(ASCII.isTokenCharacter) }
    }

    private static func isHTTP2(_ name: ByteBufferView) -> Bool {
        ASCII.equalIgnoringCase(name, "h2c") || ASCII.equalIgnoringCase(name, "h2")
            || name.count >= 5 && ASCII.equalIgnoringCase(name.prefix(5), "HTTP/")
    }
}
