import NIOCore
import WeirHTTP

/// What `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` of an answer say. A limit of which what is left, or its
/// reset, is missing, said twice, or not to be understood, is not told.
struct RateLimitFields: Sendable, Equatable {
    var requests: RateLimit?
    var tokens: RateLimit?

    init(requests: RateLimit? = nil, tokens: RateLimit? = nil) {
        self.requests = requests
        self.tokens = tokens
    }

    init(_ fields: FieldSection) {
        requests = Self.read("requests", fields)
        tokens = Self.read("tokens", fields)
    }

    /// After a 429 the upstream may be asked again when it says so itself, if that is before the reset.
    mutating func bound(by pause: TimeAmount) {
        if let limit = requests { requests?.reset = min(limit.reset, pause) }
        if let limit = tokens { tokens?.reset = min(limit.reset, pause) }
    }

    private static func read(_ kind: String, _ fields: FieldSection) -> RateLimit? {
        guard let remaining = only("x-ratelimit-remaining-\(kind)", fields).flatMap(count),
            let reset = only("x-ratelimit-reset-\(kind)", fields).flatMap(RateDuration.parse)
        else { return nil }
        let limit = only("x-ratelimit-limit-\(kind)", fields).flatMap(count)
        return RateLimit(limit: limit.flatMap { $0 > 0 ? $0 : nil }, remaining: remaining, reset: reset)
    }

    private static func only(_ name: String, _ fields: FieldSection) -> ByteBufferView? {
        var found: ByteBufferView?
        for line in fields.lines where ASCII.equalIgnoringCase(fields.name(of: line), name.utf8) {
            guard found == nil else { return nil }
            found = fields.value(of: line)
        }
        return found
    }

    /// A whole number of at most 15 digits: exact in a `Double`.
    private static func count(_ text: ByteBufferView) -> Int? {
        guard (1...15).contains(text.count), text.allSatisfy(ASCII.isDigit) else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }
}
