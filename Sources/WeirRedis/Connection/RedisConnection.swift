import NIOCore
import WeirUpstream

/// Who hears of a connection; on its event loop, and never from within ``RedisConnection/send(_:now:)``.
protocol RedisConnectionOwner: AnyObject {
    func answered(_ call: RedisCall, _ replies: [RedisReply])
    /// Each call that has no reply, once.
    func failed(_ call: RedisCall, _ error: RedisError)
    /// Before its calls are failed.
    func ended(_ connection: RedisConnection, _ error: RedisError)
}

/// One connection that carries commands, pipelined: the last handler of its channel. What is sent within one turn of the
/// event loop goes out in one write at its end.
final class RedisConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let eventLoop: any EventLoop
    private weak var owner: (any RedisConnectionOwner)?
    private var context: ChannelHandlerContext?
    private let reader: ReplyReader
    private var pending: PendingReplies<RedisCall>
    private var writer = CommandWriter()
    private var isFlushScheduled = false
    private var isEnded = false

    private var timer: Scheduled<Void>?
    private var timerAt = NIODeadline.distantFuture

    init(_ settings: RedisSettings, on eventLoop: any EventLoop, owner: any RedisConnectionOwner) {
        self.eventLoop = eventLoop
        self.owner = owner
        reader = ReplyReader(bounds: ReplyBounds(bulk: settings.bulk))
        pending = PendingReplies(count: settings.pending, bytes: settings.pendingBytes, stall: settings.stall)
    }

    /// Commands whose replies have not come.
    var pendingCount: Int { pending.count }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Sending

    /// - Returns: whether it is taken; false where too much is waiting.
    func send(_ call: RedisCall, now: NIODeadline) -> Bool {
        guard !isEnded else { return false }
        let size = call.round.reduce(0) { $0 + CommandWriter.size(of: call.commands[$1]) }
        let replies = call.round.count * (call.isAsking ? 2 : 1)
        guard pending.admits(replies: replies, bytes: size) else { return false }
        for index in call.round {
            if call.isAsking { writer.append(.asking) }
            writer.append(call.commands[index])
        }
        pending.append(call, replies: replies, bytes: size, deadline: call.deadline, now: now)
        scheduleFlush()
        arm()
        return true
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            guard let context = self.context, !self.isEnded else { return }
            self.writer.take { context.write(self.wrapOutboundOut($0), promise: nil) }
            context.flush()
        }
    }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnded else { return }
        pending.heard(now: .now())
        do {
            try reader.read(unwrapInboundIn(data)) { (reply) throws(ReplyReader.Violation) in
                // Whoever was answered before this one may have ended the connection.
                guard !isEnded else { return }
                switch pending.received(reply) {
                case .noted: break
                case .answered(let call, let replies): owner?.answered(call, replies)
                case .unexpected: throw ReplyReader.Violation()
                }
            }
        } catch {
            end(.protocolViolation)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.closed) }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closed)
        context.fireChannelInactive()
    }

    /// Closes it at once; what waits fails with this.
    func end(_ error: RedisError) {
        guard !isEnded else { return }
        isEnded = true
        timer?.cancel()
        context?.channel.closeTransport()
        owner?.ended(self, error)
        for call in pending.removeAll() { owner?.failed(call, error) }
    }

    // MARK: Time

    /// Makes sure that the timer fires no later than the next deadline. It may fire earlier, and find time left: one
    /// timer a connection now and then costs less than one a command.
    private func arm() {
        guard !isEnded, pending.wakeAt < timerAt else { return }
        timer?.cancel()
        timerAt = pending.wakeAt
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: timerAt) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerAt = .distantFuture
        let expired = pending.expire(now: .now())
        for call in expired.calls { owner?.failed(call, .timedOut) }
        if expired.isStalled { end(.closed) } else { arm() }
    }
}

extension RedisCommand {
    /// Before a command that another node has sent here for this once.
    fileprivate static let asking = RedisCommand("ASKING", keyIndex: nil)
}
