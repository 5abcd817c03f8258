import NIOCore
import WeirCache
import WeirHTTP

/// The key of a URL in `mode: http`: upstream, scheme, host, path and query, byte for byte but for the host's case. The
/// fields that `Vary` names select among what is stored under it. Upstreams are told the scheme, and some redirect by
/// it: an answer to one must not be an answer to the other.
enum HTTPKey {
    private static let schema = "weir-http-2"

    static func make(upstream: String, isSecure: Bool, head: RequestHead, builder: CacheKeyBuilder) -> CacheKey {
        builder.begin()
        builder.add(schema)
        builder.add(upstream)
        builder.add(isSecure ? "https" : "http")
        builder.add(lowercasedHost(head.fields.first(.host)))
        builder.add(head.path)
        if let query = head.query { builder.add(query) } else { builder.addMissing() }
        return builder.finish()
    }

    private static func lowercasedHost(_ host: ByteBufferView?) -> ByteBufferView {
        guard let host else { return ByteBufferView() }
        if !host.contains(where: { ASCII.lowercased($0) != $0 }) { return host }
        return ByteBuffer(bytes: host.map(ASCII.lowercased)).readableBytesView
    }
}
