import NIOCore
import WeirCache
import WeirHTTP

/// The key of a request in `mode: http`: upstream, scheme, host, path and the part of the query that counts, byte for byte
/// but for the host's case and a port that is the scheme's own (RFC 9110 §4.2.3), and the fields and cookies that the
/// route names. The fields that `Vary` names select among what is stored under it. Upstreams are told the scheme, and some
/// redirect by it: an answer to one must not be an answer to the other.
struct HTTPKey {
    private static let schema = "weir-http-4"

    /// Of the URL: the same whatever fields and cookies come with it.
    let url: CacheKey
    let entry: CacheKey

    init(upstream: String, isSecure: Bool, head: RequestHead, settings: KeySettings, builder: CacheKeyBuilder) {
        url = Self.url(
            upstream: upstream,
            isSecure: isSecure,
            host: Self.normalised(host: head.fields.first(.host), isSecure: isSecure),
            path: head.path,
            query: head.query,
            settings: settings,
            builder: builder
        )
        entry = settings.tellsClientsApart ? Self.entry(of: url, head.fields, settings, builder) : url
    }

    /// What finds every entry of the URL where it has several.
    var urlTag: String? { entry == url ? nil : Self.tag(of: url) }

    static func tag(of url: CacheKey) -> String { "\u{1}\(url)" }

    /// ``url`` of what need not have been asked for.
    /// - Parameter host: normalised.
    static func url(
        upstream: String,
        isSecure: Bool,
        host: ByteBufferView,
        path: ByteBufferView,
        query: ByteBufferView?,
        settings: KeySettings,
        builder: CacheKeyBuilder
    ) -> CacheKey {
        builder.begin()
        builder.add(schema)
        builder.add(upstream)
        builder.add(isSecure ? "https" : "http")
        builder.add(host)
        builder.add(path)
        if let query = KeyedQuery.make(query, by: settings) { builder.add(query) } else { builder.addMissing() }
        return builder.finish()
    }

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
    static func spells(_ field: ByteBufferView, _ name: String) -> Bool {
        field.elementsEqual(name.utf8) { plain($0) == plain($1) }
    }

    private static func plain(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowercased(byte)
    }

    /// Lower case, and without a port that is the scheme's own.
    static func normalised(host: ByteBufferView?, isSecure: Bool) -> ByteBufferView {
        guard var host else { return ByteBufferView() }
        let port = isSecure ? ":443" : ":80"
        let name = host.dropLast(port.utf8.count)
        if host[name.endIndex...].elementsEqual(port.utf8) { host = name }
        if !host.contains(where: { ASCII.lowercased($0) != $0 }) { return host }
        return ByteBuffer(bytes: host.map(ASCII.lowercased)).readableBytesView
    }
}
