package import NIOCore
package import WeirHTTP

/// A request ready for the wire: hop-by-hop fields gone, Weir's own added, `Host` among the fields. Framing fields
/// (`Content-Length`, `Transfer-Encoding`) are not: the transport writes them from `body`, and `Connection` and
/// `Upgrade` from `upgrade`.
package struct UpstreamRequest: Sendable {
    package enum Body: Sendable {
        case none
        /// The whole body; such a request can be sent again.
        case whole(ByteBuffer)
        /// Comes through ``UpstreamCall/send(body:)``; the length where it is known, chunked where not.
        case streamed(length: UInt64?)

        var isStreamed: Bool { if case .streamed = self { true } else { false } }
    }

    package var method: RequestMethod
    package var methodName: String
    /// Origin form, the upstream's base path included.
    package var target: ByteBuffer
    package var fields: FieldSection
    package var body: Body
    package var timeouts: UpstreamTimeouts
    /// Protocols offered in place of HTTP.
    package var upgrade: ProtocolOffer?
    /// Its place among the calls that wait for a connection.
    package var priority: CallPriority
    /// What it takes of the upstream's limits; nil: it is not kept within them, and its answer tells nothing of them.
    package var load: PaceLoad?
    /// Addresses that earlier tries of the same call went to; nil where there is one, or no further try.
    var tried: TriedAddresses?
    /// Goes out on no connection that has carried another request.
    package var needsNewConnection = false

    /// Whether acting on it twice does no more than once (RFC 9110 §9.2.2): by its method, or because it says so. Nobody
    /// can tell what comes of a switch to another protocol.
    var isIdempotent: Bool {
        upgrade == nil && (method.isIdempotent || fields.contains(.idempotencyKey))
    }

    package init(
        method: RequestMethod,
        methodName: String,
        target: ByteBuffer,
        fields: FieldSection,
        body: Body = .none,
        timeouts: UpstreamTimeouts = UpstreamTimeouts(),
        upgrade: ProtocolOffer? = nil,
        priority: CallPriority = .standard,
        load: PaceLoad? = nil
    ) {
        self.method = method
        self.methodName = methodName
        self.target = target
        self.fields = fields
        self.body = body
        self.timeouts = timeouts
        self.upgrade = upgrade
        self.priority = priority
        self.load = load
    }
}
