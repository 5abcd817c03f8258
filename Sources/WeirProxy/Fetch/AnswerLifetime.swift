import NIOCore
import WeirHTTP
import WeirOpenAI

/// How long an AI answer lives: less the more of a persona went into it; the request may ask for another time, up to
/// the route's bound.
enum AnswerLifetime {
    static let defaultTTL: Int64 = 86_400
    static let defaultPersonalisedTTL: Int64 = 3_600
    static let defaultStaleIfError: Int64 = 86_400

    static func seconds(cache: RouteCacheSettings, persona: Persona, fields: FieldSection) -> Int64 {
        let ttl = cache.ttl?.wholeSeconds ?? defaultTTL
        if let asked = fields.first(.xWeirTTL).flatMap(parse) { return min(asked, cache.maxTTL?.wholeSeconds ?? ttl) }
        let personalised = min(ttl, cache.personalisedTTL?.wholeSeconds ?? defaultPersonalisedTTL)
        return persona.lifetime(ttl: ttl, personalised: personalised)
    }

    /// Seconds, or a duration such as `90s`, `5m`, `24h`, `7d`; nil for anything else.
    private static func parse(_ value: ByteBufferView) -> Int64? {
        let digits = value.prefix { ASCII.isDigit($0) }
        guard !digits.isEmpty, digits.count < 12 else { return nil }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return switch String(decoding: value.dropFirst(digits.count), as: UTF8.self) {
        case "", "s": number
        case "m": number * 60
        case "h": number * 3_600
        case "d": number * 86_400
        default: nil
        }
    }
}
