import NIOCore
import WeirCache
import WeirHTTP

/// The key of a request in `mode: http`: upstream, scheme, host, path and the part of the query that counts, byte for byte
/// but for the host's case, and the fields and cookies that the route names. The fields that `Vary` names select among
/// what is stored under it. Upstreams are told the scheme, and some redirect by it: an answer to one must not be an answer
/// to the other.
struct HTTPKey {
    private static let schema = "weir-http-3"

    /// Of the URL: the same whatever fields and cookies come with it.
    let url: CacheKey
    let entry: CacheKey

    init(upstream: String, isSecure: Bool, head: RequestHead, settings: KeySettings, builder: CacheKeyBuilder) {
        builder.begin()
        builder.add(Self.schema)
        builder.add(upstream)
        builder.add(isSecure ? "https" : "http")
        builder.add(Self.lowercasedHost(head.fields.first(.host)))
        builder.add(head.path)
        if let query = KeyedQuery.make(head.query, by: settings) { builder.add(query) } else { builder.addMissing() }
        url = builder.finish()
        entry = settings.tellsClientsApart ? Self.entry(of: url, head.fields, settings, builder) : url
    }

    /// What finds every entry of the URL where it has several.
    var urlTag: String? { entry == url ? nil : Self.tag(of: url) }

    static func tag(of url: CacheKey) -> String { "\u{1}\(url)" }

    private static func entry(
        of url: CacheKey,
        _ fields: FieldSection,
        _ settings: KeySettings,
        _ builder: CacheKeyBuilder
    ) -> CacheKey {
        builder.begin()
        builder.add("\(url)")
        for name in settings.headers {
            for line in fields.lines where spells(fields.name(of: line), name) { builder.add(fields.value(of: line)) }
            builder.addMissing()
        }
        let cookies = RequestCookies(fields)
        for name in settings.cookies {
            for value in cookies.values(named: name) { builder.add(value) }
            builder.addMissing()
        }
        return builder.finish()
    }

    /// In any case, and with `_` for `-`, which some origins cannot tell apart.
    private static func spells(_ field: ByteBufferView, _ name: String) -> Bool {
        field.elementsEqual(name.utf8) { plain($0) == plain($1) }
    }

    private static func plain(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowercased(byte)
    }

    private static func lowercasedHost(_ host: ByteBufferView?) -> ByteBufferView {
        guard let host else { return ByteBufferView() }
        if !host.contains(where: { ASCII.lowercased($0) != $0 }) { return host }
        return ByteBuffer(bytes: host.map(ASCII.lowercased)).readableBytesView
    }
}
