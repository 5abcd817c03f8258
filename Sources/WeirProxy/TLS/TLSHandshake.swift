import NIOCore
import NIOSSL
import NIOTLS
import WeirUpstream

/// A TLS connection until its handshake is done; then the connection's own handler takes its place.
final class TLSHandshake: ChannelInboundHandler, RemovableChannelHandler, ServedConnection {
    typealias InboundIn = ByteBuffer

    private let tls: TLSListener
    private let worker: Worker
    let listener: ListenerState
    private var context: ChannelHandlerContext?
    private var deadline = NIODeadline.distantFuture
    private var isOver = false

    init(tls: TLSListener, worker: Worker, listener: ListenerState) {
        self.tls = tls
        self.worker = worker
        self.listener = listener
    }

    /// Whoever stands behind hears of an active channel once there is something to say to it.
    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        deadline = worker.now() + worker.generation.settings.limits.tlsHandshake
        worker.register(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent, !isOver else {
            return context.fireUserInboundEventTriggered(event)
        }
        end(.completed)
        worker.unregister(self)
        self.context = nil
        do {
            try ClientProtocols.serve(
                http2: negotiated == "h2",
                behind: self,
                context,
                worker: worker,
                listener: listener,
                isSecure: true
            )
        } catch {
            return context.close(promise: nil)
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What has failed is closed by the handler that saw it.
        end(HandshakeOutcome(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.left)
        worker.unregister(self)
        self.context = nil
        // Where the client has left amid the hand-over the protocol's handlers are there already.
        context.fireChannelInactive()
    }

    private func end(_ outcome: HandshakeOutcome) {
        guard !isOver else { return }
        isOver = true
        tls.count(outcome)
    }

    // MARK: ServedConnection

    func checkDeadline(now: NIODeadline) {
        guard now >= deadline else { return }
        deadline = .distantFuture
        end(.timeout)
        abort()
    }

    /// The handshake has its own time.
    func closeIfIdle(for time: TimeAmount, now: NIODeadline) {}

    /// The connection's own handler is bounded by the newest as it is.
    func adoptLimits() {}

    /// Who is in the middle of a handshake is about to ask something, and gets an answer.
    func drain(now: NIODeadline) {}

    func endNow() { abort() }

    func abort() {
        guard let context else { return }
        context.channel.closeTransport()
    }
}
