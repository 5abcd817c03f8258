import NIOCore

/// What other threads ask of ``CurlLoop``.
enum CurlCommand: Sendable {
    case start(CurlCall, UpstreamRequest, CurlUpstream)
    case body(CurlCall, ByteBuffer)
    case bodyEnd(CurlCall)
    case reading(CurlCall, Bool)
    /// The backlog of the response's body has drained.
    case drained(CurlCall)
    case cancel(CurlCall)
    /// A call that waited has a place.
    case granted(QueueTicket)
    /// A call that waited has no place, and will not get one.
    case refused(QueueTicket)
    /// No more calls to this upstream; resumed when its last one has ended.
    case close(CurlUpstream, CheckedContinuation<Void, Never>)
    /// Ends the calls to this upstream that are left.
    case abandon(CurlUpstream)
    case stop
}
