import NIOCore
import WeirRedis

extension RedisReply {
    /// A whole number that is not negative, as an integer or as decimal text.
    var number: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .bulk(let text): UInt64(String(buffer: text))
        case .status, .error, .null, .array: nil
        }
    }
}
