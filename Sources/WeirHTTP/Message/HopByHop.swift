import NIOCore

/// Which fields belong to one connection and which must reach the other end (RFC 9110 §7.6.1).
package enum HopByHop {
    /// Fields of this connection alone, removed before a message is passed on, besides those that Connection
    /// names (``ConnectionOptions``). Proxy-Authenticate and Proxy-Authorization are for whoever answers them.
    package static let names: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .trailer, .http2Settings,
    ]

    /// Names that Weir does not otherwise need and that tell an origin who asks for what. No client may have
    /// them taken off by naming them in Connection, nor bring them in a trailer.
    private static let routing: [StaticString] = [
        "x-real-ip", "x-client-ip", "x-original-url", "x-rewrite-url", "x-http-method-override",
        "x-envoy-external-address",
        "true-client-ip", "cf-connecting-ip",
    ]
    private static let routingPrefix: StaticString = "x-forwarded-"

    static func isRoutingExtension(_ line: FieldLine, of section: FieldSection) -> Bool {
        guard line.name == .other else { return false }
        return isRoutingExtension(
            section.storage.readableBytesUInt8Span.extracting(section.readableRange(line.nameRange))
        )
    }

    static func isRoutingExtension(_ name: Span<UInt8>) -> Bool {
        let prefix = name.extracting(first: routingPrefix.utf8CodeUnitCount)
        return ASCII.equalIgnoringCase(prefix, routingPrefix)
            || routing.contains { ASCII.equalIgnoringCase(name, $0) }
    }
}
