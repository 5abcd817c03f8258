/// Why bytes are not an acceptable HTTP/1 message. Nothing after the error on that connection may be interpreted.
package struct MessageError: Error, Sendable, Equatable {
    /// What a server answers to a request that fails this way: 400, 414, 417, 431, 501 or 505. What a gateway
    /// answers when a response fails: 502.
    package var status: UInt16
    /// What was wrong, in one line, with none of the peer's bytes in it.
    package var reason: StaticReason

    package init(_ status: UInt16, _ reason: StaticReason) {
        self.status = status
        self.reason = reason
    }

    /// With status 400.
    init(_ reason: StaticReason) { self.init(400, reason) }
}

/// A reason that is known at compile time, so that no input can end up in it.
package struct StaticReason: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let text: StaticString

    package init(stringLiteral text: StaticString) { self.text = text }
    package var description: String { text.description }
    package static func == (left: StaticReason, right: StaticReason) -> Bool { left.description == right.description }
}
