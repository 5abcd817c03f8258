import NIOCore
import WeirHTTP
import WeirUpstream

/// Requests for another protocol (RFC 9110 §7.8): WebSocket and its like.
extension Exchange {
    /// What this request offers to the upstream in place of HTTP; nil where it is a request like any other.
    var protocolOffer: ProtocolOffer? { stream.canSwitchProtocols ? ProtocolOffer(head) : nil }

    func received(switching upstream: ResponseHead, to tunnel: any UpstreamTunnel) {
        if case .call(let call) = source, call.isFallback { cacheStatus.detail = "fallback" }
        source = .none
        response.hasStarted = true
        response.status = 101
        var buffer = stream.allocator.buffer(capacity: upstream.fields.storage.readableBytes + 256)
        StatusLine.write(101, into: &buffer)
        let options = ConnectionOptions(upstream.fields)
        upstream.fields.write(into: &buffer) { line in
            !HopByHop.names.contains(line.name) && line.name != .contentLength && line.name != .xRequestId
                && !options.names(line, of: upstream.fields)
        }
        buffer.writeStaticString("Connection: Upgrade\r\n")
        for line in upstream.fields.lines where line.name == .upgrade { upstream.fields.write(line, into: &buffer) }
        OwnFields.write(cacheStatus: cacheStatus, requestID: requestID, into: &buffer)
        buffer.writeStaticString("Via: 1.1 weir\r\n")
        handOver(head: buffer, to: tunnel)
    }
}
