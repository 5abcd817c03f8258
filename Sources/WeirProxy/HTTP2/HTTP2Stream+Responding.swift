import NIOCore
import WeirCache
import WeirHTTP

extension HTTP2Stream: ClientStream {
    var peerAddress: String { connection.peerAddress }
    var isSecure: Bool { connection.isSecure }
    var requestVia: String { "2.0 weir" }
    /// Whether the client takes more, and it is its connection's turn.
    var isWritable: Bool { connection.hasTurn && context?.channel.isWritable ?? false }
    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }
    var isDraining: Bool { connection.isDraining }
    var isHeadHeld: Bool { heldHead != nil }

    func write(informational head: consuming ByteBuffer) {
        send(HTTP2ResponseHead.make(head))
        context?.flush()
    }

    /// The stream's end frames the body, and a connection lives on whatever becomes of one of its streams.
    func write(head: consuming ByteBuffer, framing: ClientFraming, keepsAlive: Bool) {
        heldHead = HTTP2ResponseHead.make(head)
    }

    func write(bodyOf representation: Representation) { write(body: representation.body) }

    func write(body piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        sendHeld()
        heldPiece = piece
    }

    func flush() {
        sendHeld()
        context?.flush()
    }

    func write(trailers: FieldSection) { heldTrailers = HTTP2ResponseHead.trailers(trailers) }

    func finish(keepsAlive: Bool) { end(keepsAlive: keepsAlive) }

    private func sendHeld() {
        if let head = heldHead {
            heldHead = nil
            send(head)
        }
        if let piece = heldPiece {
            heldPiece = nil
            send(piece)
        }
    }
}
