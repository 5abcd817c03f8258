/// The directives of a message's `Cache-Control` (RFC 9111 §5.2), all its lines taken together.
///
/// Spans of time are seconds, at most 2³¹. One that cannot be read counts as 0, which makes a response stale
/// (RFC 9111 §4.2.1); of one that is repeated the most restrictive counts. A value with a quotation mark that is
/// never closed cannot be read at all and counts as `no-store`. Directives that Weir does not know are ignored.
package struct CacheControl: Sendable, Equatable {
    package var noStore = false
    /// Without field names; see ``noCacheFields``.
    package var noCache = false
    /// Without field names; see ``privateFields``.
    package var isPrivate = false
    package var isPublic = false
    package var mustRevalidate = false
    package var proxyRevalidate = false
    package var mustUnderstand = false
    package var noTransform = false
    package var onlyIfCached = false
    package var immutable = false
    /// The fields that `no-cache="…"` names, in lower case (RFC 9111 §5.2.2.4).
    package var noCacheFields: [String] = []
    /// The fields that `private="…"` names, in lower case (RFC 9111 §5.2.2.7).
    package var privateFields: [String] = []
    package var maxAge: Int64?
    /// `s-maxage`.
    package var sharedMaxAge: Int64?
    package var minFresh: Int64?
    /// `Int64.max` where the client takes a stale response of any age.
    package var maxStale: Int64?
    package var staleWhileRevalidate: Int64?
    package var staleIfError: Int64?
    /// These directives come from a targeted field, so that `Cache-Control` and `Expires` say nothing here
    /// (RFC 9213 §2.2).
    package var isTargeted = false

    /// No directive at all.
    package init() {}

    /// Reads every `Cache-Control` line.
    package init(_ fields: FieldSection) {
        for line in fields.lines where line.name == .cacheControl {
            fields.withValueBytes(of: line) { read($0) }
        }
    }

    /// A request's directives. Where it has no `Cache-Control`, `Pragma: no-cache` counts as `no-cache`
    /// (RFC 9111 §5.4).
    package static func ofRequest(_ fields: FieldSection) -> CacheControl {
        var control = CacheControl()
        var hasCacheControl = false
        var hasPragma = false
        for line in fields.lines {
            if line.name == .cacheControl {
                hasCacheControl = true
                fields.withValueBytes(of: line) { control.read($0) }
            } else if line.name == .pragma {
                hasPragma = true
            }
        }
        if hasPragma, !hasCacheControl { control.noCache = asksNoCache(fields) }
        return control
    }

    private static func asksNoCache(_ fields: FieldSection) -> Bool {
        fields.lines.contains { line in
            line.name == .pragma
                && fields.withValueBytes(of: line) { value in
                    var members = ListScanner()
                    while let member = members.next(in: value) {
                        if value.extracting(member).equalsIgnoringCase("no-cache") { return true }
                    }
                    return false
                }
        }
    }

    /// Fields for caches like this one alone, in the order in which they are looked at (RFC 9213 §2.2).
    private static let targeted: [FieldName] = [.weirCacheControl, .cdnCacheControl]

    /// A response's directives for a shared cache near its origin: those of `Weir-Cache-Control`, else of
    /// `CDN-Cache-Control`, where that is a valid dictionary that is not empty (RFC 9213 §2.1), else those of
    /// `Cache-Control`.
    package static func ofResponse(_ fields: FieldSection) -> CacheControl {
        for name in targeted where fields.contains(name) {
            guard let members = targetedMembers(name, of: fields), !members.isEmpty else { continue }
            return CacheControl(targeted: members)
        }
        return CacheControl(fields)
    }

    private init(targeted members: [StructuredDictionary.Member]) {
        isTargeted = true
        for member in members {
            guard let directive = CacheDirective.recognise(member.key.span) else { continue }
            let nothing = member.key.span.extracting(0..<0)
            switch member.value {
            case .boolean(true): apply(directive, argument: nothing, hasArgument: false)
            case .boolean(false): break
            // Seconds are an Integer; a String that spells one is not (RFC 9213 §2.1).
            case .string where directive.takesSeconds: apply(directive, argument: nothing, hasArgument: true)
            case .string(let text), .other(let text): apply(directive, argument: text.span, hasArgument: true)
            }
        }
    }

    /// The members of all lines together, nil where one of them is malformed.
    private static func targetedMembers(_ name: FieldName, of fields: FieldSection) -> [StructuredDictionary.Member]? {
        var joined: [UInt8] = []
        for value in fields.values(name) {
            if !joined.isEmpty { joined += ", ".utf8 }
            joined += value
        }
        return StructuredDictionary.parse(joined.span)
    }
}
