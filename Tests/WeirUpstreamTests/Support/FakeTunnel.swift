import NIOCore
import WeirHTTP
import WeirUpstream

/// A tunnel to nowhere, which remembers whether it was given up.
final class FakeTunnel: UpstreamTunnel {
    private(set) var isReset = false
    let isWritable = true

    func begin(_ handler: any UpstreamTunnelHandler) {}
    func send(_ bytes: ByteBuffer) {}
    func flush() {}
    func setReading(_ wanted: Bool) {}
    func closeOutput() {}
    func finish() {}
    func reset() { isReset = true }
}

extension UpstreamRequest {
    /// A request that offers to switch to WebSocket.
    static func upgrade() throws -> UpstreamRequest {
        var head = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        var decoder = RequestDecoder()
        guard case .head(let head)? = try decoder.decode(&head) else { preconditionFailure("Cannot read the head") }
        var request = UpstreamRequest.test()
        request.upgrade = ProtocolOffer(head)
        return request
    }
}
