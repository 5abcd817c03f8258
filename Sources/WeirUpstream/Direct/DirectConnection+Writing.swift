import NIOCore
import WeirHTTP

/// Writing the request: one write and one flush for a head with a small body or none; larger bodies by and by, as the
/// channel takes them.
extension DirectConnection {
    /// Bytes of a body that is copied behind its head, so that both go out in one write.
    private static let joinedBody = 16 << 10
    /// Bytes of a chunk that is copied between its size and its end.
    private static let joinedChunk = 4 << 10
    /// Bytes of a large body handed to the channel at once.
    private static let bodyPiece = 64 << 10
    /// Bytes that a socket which has nothing else to send takes whole.
    private static let certainlySent = 4 << 10

    func writeRequest(of call: DirectCall, context: ChannelHandlerContext, now: NIODeadline) {
        guard let loop else { preconditionFailure("Cannot write on a connection without its loop") }
        loop.scratch.clear(minimumCapacity: 1024)
        call.request.writeHead(into: &loop.scratch)
        mayHaveUnsent = loop.scratch.readableBytes > DirectConnection.certainlySent
        switch call.request.body {
        case .none:
            writeLast(loop.scratch, context: context, now: now)
        case .whole(let body) where body.readableBytes <= DirectConnection.joinedBody:
            loop.scratch.writeImmutableBuffer(body)
            mayHaveUnsent = loop.scratch.readableBytes > DirectConnection.certainlySent
            writeLast(loop.scratch, context: context, now: now)
        case .whole(let body):
            mayHaveUnsent = true
            context.write(wrapOutboundOut(loop.scratch), promise: nil)
            output = body
            pump(context: context, now: now)
        case .streamed(let length):
            mayHaveUnsent = true
            bodyRemaining = length
            context.write(wrapOutboundOut(loop.scratch), promise: nil)
            flushSoon(context)
            let (queued, isEnded) = call.takeQueuedBody()
            send(body: queued)
            // The call was told to wait when its first piece came without a connection.
            if queued.readableBytes > 0 { isBodyWantedTold = false }
            if isEnded { sendEnd() }
        }
    }

    private func writeLast(_ bytes: ByteBuffer, context: ChannelHandlerContext, now: NIODeadline) {
        exchange.sentAll(now: now)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        if !isClosed { exchange.flushed() }
    }

    /// Writes as much of a large body as the channel takes.
    func pump(context: ChannelHandlerContext, now: NIODeadline) {
        let channel = context.channel
        isPumping = true
        defer { isPumping = false }
        while !isClosed, exchange.isSending, output.readableBytes > 0, channel.isWritable {
            while channel.isWritable, output.readableBytes > 0 {
                let count = min(output.readableBytes, DirectConnection.bodyPiece)
                guard let piece = output.readSlice(length: count) else { break }
                context.write(wrapOutboundOut(piece), promise: nil)
            }
            // The last piece is counted before its flush, within which the answer may come already.
            if output.readableBytes == 0 {
                output = ByteBuffer()
                exchange.sentAll(now: now)
            }
            context.flush()
            if !isClosed { exchange.flushed() }
        }
        if exchange.isSending { exchange.blocked(true, now: now) }
    }

    func send(body: ByteBuffer) {
        guard let context, !isClosed, exchange.isSending, body.readableBytes > 0 else { return }
        if let remaining = bodyRemaining {
            precondition(UInt64(body.readableBytes) <= remaining, "Cannot send more of a body than its length")
            bodyRemaining = remaining - UInt64(body.readableBytes)
            context.write(wrapOutboundOut(body), promise: nil)
        } else {
            writeChunk(body, context: context)
        }
        exchange.sentPiece(now: .now())
        flushSoon(context)
    }

    private func writeChunk(_ data: ByteBuffer, context: ChannelHandlerContext) {
        let isJoined = data.readableBytes <= DirectConnection.joinedChunk
        var frame = context.channel.allocator.buffer(capacity: isJoined ? data.readableBytes + 20 : 20)
        ChunkedCoding.writeSize(data.readableBytes, into: &frame)
        if isJoined {
            frame.writeImmutableBuffer(data)
            frame.writeImmutableBuffer(ChunkedCoding.terminator)
            context.write(wrapOutboundOut(frame), promise: nil)
        } else {
            context.write(wrapOutboundOut(frame), promise: nil)
            context.write(wrapOutboundOut(data), promise: nil)
            context.write(wrapOutboundOut(ChunkedCoding.terminator), promise: nil)
        }
    }

    func sendEnd() {
        guard let context, !isClosed, exchange.isSending else { return }
        if let remaining = bodyRemaining {
            precondition(remaining == 0, "Cannot end a body short of its length")
        } else {
            context.write(wrapOutboundOut(ChunkedCoding.end), promise: nil)
            flushSoon(context)
        }
        exchange.sentAll(now: .now())
        arm()
    }

    /// One flush for all pieces of this turn of the loop.
    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            guard let context = self.context, !self.isClosed else { return }
            context.flush()
            if !self.isClosed { self.exchange.flushed() }
            self.tellBodyWanted(context)
        }
    }

    private func tellBodyWanted(_ context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        guard let call, exchange.isSending, isWritable != isBodyWantedTold else { return }
        isBodyWantedTold = isWritable
        exchange.blocked(!isWritable, now: .now())
        arm()
        call.handler?.requestBodyWanted(isWritable)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if let tunnelHandler { return tunnelHandler.tunnelWritable(context.channel.isWritable) }
        guard call != nil, !isBeginning, !isPumping else { return }
        if output.readableBytes > 0 {
            guard context.channel.isWritable else { return }
            exchange.blocked(false, now: .now())
            pump(context: context, now: .now())
            arm()
        } else {
            tellBodyWanted(context)
        }
    }
}
