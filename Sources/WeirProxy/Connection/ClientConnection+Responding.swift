import NIOCore
import WeirCache
import WeirHTTP

extension ClientConnection: ClientStream {
    /// Pieces up to this size are copied into one write with what surrounds them; larger ones go out as they are.
    private static let copiedPiece = 16 << 10

    var requestVia: String { version == .http11 ? "1.1 weir" : "1.0 weir" }

    var isHeadHeld: Bool { heldHead != nil }

    var canSwitchProtocols: Bool { true }

    func write(informational head: consuming ByteBuffer) {
        skipSentPrefix(of: &head)
        head.writeStaticString("\r\n")
        write(head)
        flush()
    }

    /// The head waits for the body's first piece: both leave in one write.
    func write(head: consuming ByteBuffer, framing: ClientFraming, keepsAlive: Bool) {
        if framing == .chunked { head.writeStaticString("Transfer-Encoding: chunked\r\n") }
        if !keepsAlive || isLastRequest {
            head.writeStaticString("Connection: close\r\n")
        } else if version == .http10 {
            head.writeStaticString("Connection: keep-alive\r\n")
        }
        head.writeStaticString("\r\n")
        heldHead = head
        responseFraming = framing
    }

    func write(bodyOf representation: Representation) {
        guard representation.bodyLength > 0 else { return }
        var front = takeHeldHead()
        representation.writeBody(into: &front)
        write(front)
    }

    func write(body piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        let isChunked = responseFraming == .chunked
        var front = takeHeldHead()
        if isChunked { ChunkedCoding.writeSize(piece.readableBytes, into: &front) }
        if piece.readableBytes <= Self.copiedPiece {
            front.writeImmutableBuffer(piece)
            if isChunked { front.writeStaticString("\r\n") }
            return write(front)
        }
        if front.readableBytes > 0 { write(front) }
        write(piece)
        if isChunked { write(ChunkedCoding.terminator) }
    }

    /// Sends what was written at the end of the read burst under way, or of this turn of the event loop: what an
    /// upstream sends in one go leaves in one go.
    func flush() {
        if isHeadHeld { write(takeHeldHead()) }
        scheduleFlush()
    }

    func finish(keepsAlive: Bool) {
        var end = takeHeldHead()
        if responseFraming == .chunked { ChunkedCoding.writeEnd(trailers: trailers, into: &end) }
        trailers = FieldSection()
        if end.readableBytes > 0 { write(end) }
        exchangeFinished(keepsAlive: keepsAlive && !isLastRequest)
    }

    func write(trailers: FieldSection) { self.trailers = trailers }

    private func takeHeldHead() -> ByteBuffer {
        guard var head = heldHead else { return ByteBuffer() }
        heldHead = nil
        skipSentPrefix(of: &head)
        return head
    }
}
