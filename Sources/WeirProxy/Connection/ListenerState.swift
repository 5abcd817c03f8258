import NIOCore
import Synchronization

/// What a listener's connections see of it, and it of those on their way to their event loops.
final class ListenerState: Sendable {
    private let closed = Atomic(false)
    private let handovers = Atomic<Int>(0)

    /// Nothing new is accepted, and connections drain. Asked by a connection when it begins and when it is told to
    /// drain, not for each request.
    var isClosed: Bool { closed.load(ordering: .relaxed) }

    func close() { closed.store(true, ordering: .relaxed) }

    /// Accepted, but not with their event loop yet. NIO closes such a connection when the listener's channel closes.
    var isHandingOver: Bool { handovers.load(ordering: .relaxed) > 0 }

    /// First in a listener's pipeline: sees each connection as it is accepted.
    final class Entrance: ChannelInboundHandler {
        typealias InboundIn = any Channel
        typealias InboundOut = any Channel

        private let state: ListenerState

        init(_ state: ListenerState) { self.state = state }

        /// The rest of the pipeline is there, and nothing accepted yet.
        func channelActive(context: ChannelHandlerContext) {
            do {
                try context.pipeline.syncOperations.addHandler(Exit(state), position: .last)
            } catch {
                return context.close(promise: nil)
            }
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            state.handovers.add(1, ordering: .relaxed)
            context.fireChannelRead(data)
        }

        /// What went wrong with accepting concerns no connection, and NIO tries again.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }

    /// Last in it: each connection comes here once it is set up, or else the error that kept it from that.
    private final class Exit: ChannelInboundHandler {
        typealias InboundIn = any Channel
        typealias InboundOut = any Channel

        private let state: ListenerState

        init(_ state: ListenerState) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            state.handovers.subtract(1, ordering: .relaxed)
            context.fireChannelRead(data)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            state.handovers.subtract(1, ordering: .relaxed)
        }
    }
}
