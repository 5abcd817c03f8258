import NIOCore
import WeirHTTP

/// Reading the response, and the connection's end.
extension DirectConnection {
    // MARK: Back-pressure

    /// The channel's own wish to read on, held back while the handler does not want more.
    func read(context: ChannelHandlerContext) {
        if isReading { context.read() } else { isReadHeld = true }
    }

    func setReading(_ wanted: Bool, now: NIODeadline) {
        guard wanted != isReading else { return }
        isReading = wanted
        if call != nil {
            exchange.paused(!wanted, now: now)
            arm()
        }
        if wanted, isReadHeld {
            isReadHeld = false
            context?.read()
        }
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if let tunnelHandler { return tunnelHandler.received(tunnel: bytes) }
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        if !isBeginning { decodeInput() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let tunnelHandler { return tunnelHandler.receivedTunnelBurst() }
        if !isBeginning { endBurst() }
    }

    private func endBurst() {
        guard isBurstOpen else { return }
        isBurstOpen = false
        call?.handler?.receivedBurst()
        arm()
    }

    /// Takes up what came while a request was being begun.
    func catchUp() {
        if input.readableBytes > 0 && !isRetired {
            decodeInput()
            endBurst()
        }
        if isClosed { if isTunnel { tunnelClosed() } else { connectionEnded() } }
    }

    private func decodeInput() {
        guard call != nil else { return receivedUnasked() }
        let now = NIODeadline.now()
        exchange.receivedBytes(now: now)
        isBurstOpen = true
        while let call {
            let part: ResponsePart?
            do throws(MessageError) {
                part = try decoder.decode(&input)
            } catch {
                return fail(.malformed(error.reason.description))
            }
            switch part {
            case nil:
                // Lets go of the read buffer, so that the channel can use it again.
                if input.readableBytes == 0 { input = ByteBuffer() }
                return
            case .informational(let head):
                call.handler?.received(informational: head)
            case .head(let head) where head.status == 101:
                return switchProtocols(head)
            case .head(let head):
                exchange.received(status: head.status, framing: head.framing, isPersistent: head.isPersistent)
                call.handler?.received(head: head)
            case .body(let bytes):
                call.handler?.received(body: bytes)
            case .end(let trailers):
                return finish(trailers: trailers, now: now)
            }
        }
    }

    /// The response is whole. The connection goes to the pool before the handler hears of it, so that a call which the
    /// handler begins at once finds it there.
    private func finish(trailers: FieldSection, now: NIODeadline) {
        let ending = exchange.receivedEnd(isClean: input.readableBytes == 0 && !hasUnsentBytes && !isClosed)
        input = ByteBuffer()
        isBurstOpen = false
        let handler = takeCall()?.finish()
        switch ending {
        case .reuse:
            setReading(true, now: now)
            loop?.released(self, now: now)
        case .close:
            retire()
        }
        handler?.receivedEnd(trailers: trailers)
    }

    private var hasUnsentBytes: Bool {
        guard mayHaveUnsent else { return false }
        guard let options = context?.channel.syncOptions,
            let count = try? options.getOption(.bufferedWritableBytes)
        else { return true }
        return count > 0
    }

    /// Bytes on a connection that waits for no response: whatever they are, they must not become the answer to the next
    /// request (RFC 9112 §9.2).
    private func receivedUnasked() {
        input = ByteBuffer()
        forgetIdle()
    }

    // MARK: The end

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if loss == .closed { loss = directions.loss(with: error) }
        if !isClosed { context.channel.closeTransport() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        disarm()
        if isTunnel { return tunnelClosed() }
        if !isBeginning { connectionEnded() }
    }

    private func connectionEnded() {
        guard let call else { return forgetIdle() }
        // A response that runs to the end of the connection is whole now, unless the end was not a good one.
        if loss == .closed, case .end(let trailers)? = try? decoder.finish() {
            return finish(trailers: trailers, now: .now())
        }
        switch exchange.lost() {
        case .fail: fail(.reset)
        case .failIdle: fail(.lostIdle)
        case .retry:
            self.call = nil
            isRetired = true
            loop?.replace(self, for: call)
        }
    }

    /// Takes an idle connection out of the pool, and closes it.
    private func forgetIdle() {
        guard !isRetired else { return }
        loop?.idleClosed(self)
        closeForgotten()
    }
}
