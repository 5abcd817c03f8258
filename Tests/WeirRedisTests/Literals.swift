public import NIOCore

@testable import WeirRedis

extension ByteBuffer: @retroactive ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(string: value) }
}

/// A bulk.
extension RedisReply: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .bulk(ByteBuffer(string: value)) }
}
