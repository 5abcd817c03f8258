import NIOCore
import WeirHTTP
import WeirTesting
import WeirUpstream

/// A handler that writes down what it hears, and feeds a streamed request body as the transport wants it. Lives on the
/// call's event loop; what it writes down can be waited for from anywhere.
final class RecordingHandler: UpstreamResponseHandler {
    let record: Watched<CallRecord>
    var call: (any UpstreamCall)?
    var isCancelled = false
    /// Asks the transport to stop at the response's head.
    var pausesAtHead = false
    /// Counts the body and compares it with this piece, repeated, instead of keeping it.
    var expectedPiece: ByteBuffer?
    /// What is said from within ``receivedEnd(trailers:)``.
    var onEnd: (() -> Void)?
    /// Hears of the tunnel after a switch; without one the tunnel is let go.
    var tunnelHandler: RecordingTunnelHandler?
    private(set) var tunnel: (any UpstreamTunnel)?
    private var feed: (piece: ByteBuffer, left: Int)?
    private var isBodyWanted = true

    init(record: Watched<CallRecord>) { self.record = record }

    /// Sends `piece` so many times, and then the end, as the transport wants it.
    func beginFeeding(_ piece: ByteBuffer, times: Int) {
        feed = (piece, times)
        feedOn()
    }

    private func feedOn() {
        while isBodyWanted, let (piece, left) = feed {
            guard left > 0 else {
                feed = nil
                call?.sendEnd()
                return
            }
            feed?.left -= 1
            call?.send(body: piece)
            record.update { $0.fed += piece.readableBytes }
        }
    }

    private func note(_ change: @Sendable (inout CallRecord) -> Void) {
        let isCancelled = isCancelled
        record.update {
            if isCancelled || $0.isOver { $0.lateWords += 1 } else { change(&$0) }
        }
    }

    func received(informational head: ResponseHead) { note { $0.informational.append(head.status) } }

    func received(head: ResponseHead) {
        if pausesAtHead { call?.setReading(false) }
        note { $0.head = head }
    }

    func received(body: ByteBuffer) {
        let expected = expectedPiece
        note { record in
            if let expected {
                var rest = body
                while rest.readableBytes > 0 {
                    let offset = record.bodyCount % expected.readableBytes
                    let count = min(rest.readableBytes, expected.readableBytes - offset)
                    guard rest.readSlice(length: count) == expected.getSlice(at: offset, length: count) else {
                        record.lateWords += 1
                        return
                    }
                    record.bodyCount += count
                }
            } else {
                record.bodyCount += body.readableBytes
                record.body.writeImmutableBuffer(body)
            }
        }
    }

    func receivedBurst() { note { $0.bursts += 1 } }

    func receivedEnd(trailers: FieldSection) {
        onEnd?()
        note { $0.trailers = trailers }
    }

    func failed(_ error: UpstreamError) { note { $0.error = error } }

    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        if let tunnelHandler {
            self.tunnel = tunnel
            tunnel.begin(tunnelHandler)
        }
        note { $0.hasSwitched = true }
    }

    func requestBodyWanted(_ wanted: Bool) {
        if !wanted { note { $0.waits += 1 } }
        isBodyWanted = wanted
        feedOn()
    }
}
