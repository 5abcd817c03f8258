package import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Stands behind a client's TLS handler until the handshake is over, one way or the other.
package final class SecureHandshake: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer

    /// Why the certificate was refused, if it was; written before the handshake hears of it.
    final class Verdict: Sendable {
        private let objection = Mutex<String?>(nil)
        func withLock<Result>(_ body: (inout sending String?) -> sending Result) -> Result { objection.withLock(body) }
    }

    package let done: EventLoopPromise<Void>
    let verdict = Verdict()
    private var timer: Scheduled<Void>?
    private var isOver = false

    init(on eventLoop: any EventLoop) { done = eventLoop.makePromise() }

    /// The handler is in the pipeline, behind that of TLS.
    func begin(_ channel: any Channel, until deadline: NIODeadline) {
        guard channel.isActive else { return fail(TLSFailure(ChannelError.ioOnClosedChannel), channel) }
        guard !isOver else { return }
        let time = deadline - .now()
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.fail(ChannelError.connectTimeout(time), channel)
        }
    }

    package func fail(_ error: any Error, _ channel: any Channel) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        channel.closeTransport()
        done.fail(error)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent, !isOver else {
            return context.fireUserInboundEventTriggered(event)
        }
        isOver = true
        timer?.cancel()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        done.succeed()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let objection = verdict.withLock { $0 }
        fail(objection.map { TLSFailure(reason: $0) } ?? TLSFailure(error), context.channel)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        fail(TLSFailure(ChannelError.eof), context.channel)
        context.fireChannelInactive()
    }
}
