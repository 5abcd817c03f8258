package import NIOCore
package import WeirHTTP

/// Who hears of one upstream call. Every method is called on the call's event loop, never from within
/// ``Transport/start(_:on:handler:)``.
///
///     informational* → head → body* → end
///     failed may come instead of any of these, once, as the last; a switch instead of a head.
package protocol UpstreamResponseHandler: AnyObject {
    /// A 1xx other than 101.
    func received(informational head: ResponseHead)
    func received(head: ResponseHead)
    func received(body: ByteBuffer)
    /// The transport has handed over everything it had read for now: a good moment to flush. Not said behind
    /// ``receivedEnd(trailers:)`` and ``failed(_:)``, which are such moments themselves.
    func receivedBurst()
    func receivedEnd(trailers: FieldSection)
    func failed(_ error: UpstreamError)
    /// Whether the transport takes more of a streamed request body now. Wanted at first. May come from within
    /// ``UpstreamCall/send(body:)``.
    func requestBodyWanted(_ wanted: Bool)
    /// The upstream has switched to a protocol that ``UpstreamRequest/upgrade`` offers: the last word, in place of
    /// ``received(head:)``. Without a handler of its own the tunnel is reset.
    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel)
}

extension UpstreamResponseHandler {
    /// For those that never offer to switch.
    package func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        tunnel.reset()
        failed(.malformed("switches to a protocol that was not offered"))
    }
}
