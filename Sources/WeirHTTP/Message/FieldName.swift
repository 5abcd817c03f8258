import NIOCore

/// A field name that Weir knows, as a small integer, so that looking a field up is comparing two bytes.
///
/// Everything else is ``other``: such fields pass through by their bytes and are found by name with
/// ``FieldSection/first(named:)``.
package enum FieldName: UInt8, CaseIterable, Sendable {
    case other
    case accept, acceptCharset, acceptEncoding, acceptLanguage, acceptRanges, age, allow, altSvc, apiKey
    case authorization, cacheControl, cacheStatus, cacheTag, cdnCacheControl, connection, contentDisposition
    case contentEncoding, contentLanguage, contentLength, contentLocation, contentRange, contentType, cookie
    case date, etag, expect, expires, forwarded, host, http2Settings, idempotencyKey, ifMatch, ifModifiedSince
    case ifNoneMatch, ifRange, ifUnmodifiedSince, keepAlive, lastModified, link, location, openaiOrganization
    case openaiProcessingMs, openaiProject, origin, pragma, proxyAuthenticate, proxyAuthenticationInfo
    case proxyAuthorization, proxyConnection, range, referer, retryAfter, server, setCookie, surrogateControl
    case surrogateKey, te, trailer, traceparent, tracestate, transferEncoding, upgrade, userAgent, vary, via, warning
    case wwwAuthenticate, xApiKey, xForwardedFor, xForwardedHost, xForwardedProto
    case xPersonaCommunicationTone, xPersonaContentDensity, xPersonaExperienceLevel, xPersonaInterests
    case xPersonaLearningStyle, xRequestId, xShouldRetry, xUpstreamRequestId, xUserId
    case weirCacheControl, xWeirNamespace, xWeirPriority, xWeirTags, xWeirTTL

    /// The name as Weir writes it, in the spelling of the registry.
    package var canonicalName: StaticString {
        switch self {
        case .other: ""
        case .accept: "Accept"
        case .acceptCharset: "Accept-Charset"
        case .acceptEncoding: "Accept-Encoding"
        case .acceptLanguage: "Accept-Language"
        case .acceptRanges: "Accept-Ranges"
        case .age: "Age"
        case .allow: "Allow"
        case .altSvc: "Alt-Svc"
        case .apiKey: "api-key"
        case .authorization: "Authorization"
        case .cacheControl: "Cache-Control"
        case .cacheStatus: "Cache-Status"
        case .cacheTag: "Cache-Tag"
        case .cdnCacheControl: "CDN-Cache-Control"
        case .connection: "Connection"
        case .contentDisposition: "Content-Disposition"
        case .contentEncoding: "Content-Encoding"
        case .contentLanguage: "Content-Language"
        case .contentLength: "Content-Length"
        case .contentLocation: "Content-Location"
        case .contentRange: "Content-Range"
        case .contentType: "Content-Type"
        case .cookie: "Cookie"
        case .date: "Date"
        case .etag: "ETag"
        case .expect: "Expect"
        case .expires: "Expires"
        case .forwarded: "Forwarded"
        case .host: "Host"
        case .http2Settings: "HTTP2-Settings"
        case .idempotencyKey: "Idempotency-Key"
        case .ifMatch: "If-Match"
        case .ifModifiedSince: "If-Modified-Since"
        case .ifNoneMatch: "If-None-Match"
        case .ifRange: "If-Range"
        case .ifUnmodifiedSince: "If-Unmodified-Since"
        case .keepAlive: "Keep-Alive"
        case .lastModified: "Last-Modified"
        case .link: "Link"
        case .location: "Location"
        case .openaiOrganization: "OpenAI-Organization"
        case .openaiProcessingMs: "openai-processing-ms"
        case .openaiProject: "OpenAI-Project"
        case .origin: "Origin"
        case .pragma: "Pragma"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .proxyAuthenticationInfo: "Proxy-Authentication-Info"
        case .proxyAuthorization: "Proxy-Authorization"
        case .proxyConnection: "Proxy-Connection"
        case .range: "Range"
        case .referer: "Referer"
        case .retryAfter: "Retry-After"
        case .server: "Server"
        case .setCookie: "Set-Cookie"
        case .surrogateControl: "Surrogate-Control"
        case .surrogateKey: "Surrogate-Key"
        case .te: "TE"
        case .trailer: "Trailer"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        case .userAgent: "User-Agent"
        case .vary: "Vary"
        case .via: "Via"
        case .warning: "Warning"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .xApiKey: "x-api-key"
        case .xForwardedFor: "X-Forwarded-For"
        case .xForwardedHost: "X-Forwarded-Host"
        case .xForwardedProto: "X-Forwarded-Proto"
        case .xPersonaCommunicationTone: "X-Persona-Communication-Tone"
        case .xPersonaContentDensity: "X-Persona-Content-Density"
        case .xPersonaExperienceLevel: "X-Persona-Experience-Level"
        case .xPersonaInterests: "X-Persona-Interests"
        case .xPersonaLearningStyle: "X-Persona-Learning-Style"
        case .xRequestId: "X-Request-Id"
        case .xShouldRetry: "x-should-retry"
        case .xUpstreamRequestId: "X-Upstream-Request-Id"
        case .xUserId: "X-User-Id"
        case .weirCacheControl: "Weir-Cache-Control"
        case .xWeirNamespace: "X-Weir-Namespace"
        case .xWeirPriority: "X-Weir-Priority"
        case .xWeirTags: "X-Weir-Tags"
        case .xWeirTTL: "X-Weir-TTL"
        }
    }

    /// The known name these bytes spell in any case, or ``other``.
    package static func recognise(_ name: Span<UInt8>) -> FieldName {
        FieldNameTable.shared.find(name)
    }

    package static func recognise(_ name: String) -> FieldName {
        recognise(name.utf8.span)
    }
}
