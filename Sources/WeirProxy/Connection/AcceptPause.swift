import NIOCore
import WeirUpstream

/// Where the system has no file or memory for another connection: stops accepting for a while, and makes room. Clients wait in the listener's queue meanwhile; what is under way goes on.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(500)

    private let workers: [NIOLoopBoundBox<Worker>]
    private let room: RoomMaker
    private var resumption: Scheduled<Void>?
    private var isReadHeld = false

    init(workers: [NIOLoopBoundBox<Worker>], room: RoomMaker) {
        self.workers = workers
        self.room = room
    }

    func read(context: ChannelHandlerContext) {
        if resumption == nil { context.read() } else { isReadHeld = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, failure.isShortage else {
            return context.fireErrorCaught(error)
        }
        guard resumption == nil else { return }
        room.makeRoom()
        if let first = workers.first {
            first.eventLoop.execute { first.value.notePause(failure) }
        }
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        resumption = context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = loopBound.value
            handler.resume(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        context.fireChannelInactive()
    }

    private func resume(_ context: ChannelHandlerContext) {
        resumption = nil
        if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }
}
