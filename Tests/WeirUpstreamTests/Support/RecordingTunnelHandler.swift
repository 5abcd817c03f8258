import NIOCore
import WeirTesting
import WeirUpstream

/// What was heard of one tunnel.
struct TunnelRecord: Sendable {
    var bytes = ByteBuffer()
    var hasEnded = false
    var loss: TunnelLoss?

    var text: String { String(buffer: bytes) }
}

/// Writes down what it hears of a tunnel.
final class RecordingTunnelHandler: UpstreamTunnelHandler {
    let record: Watched<TunnelRecord>

    init(record: Watched<TunnelRecord>) { self.record = record }

    func received(tunnel bytes: ByteBuffer) { record.update { _ = $0.bytes.writeImmutableBuffer(bytes) } }
    func receivedTunnelBurst() {}
    func tunnelWritable(_ isWritable: Bool) {}
    func tunnelEnded() { record.update { $0.hasEnded = true } }
    func tunnelLost(_ loss: TunnelLoss) { record.update { $0.loss = loss } }
}
