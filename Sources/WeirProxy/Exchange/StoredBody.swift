import NIOCore

/// A stored body on its way out, in pieces, so that a slow client is seen to make progress.
struct StoredBody {
    static let pieceSize = 128 << 10

    private var rest: ByteBuffer
    /// What follows, the last first.
    private var further: [ByteBuffer] = []

    init(_ body: ByteBuffer) { rest = body }

    /// One segment behind the other.
    init(segments: [ByteBuffer]) {
        rest = ByteBuffer()
        further = segments.reversed()
        advance()
    }

    mutating func next() -> ByteBuffer? {
        guard rest.readableBytes > 0 else { return nil }
        let piece = rest.readSlice(length: min(Self.pieceSize, rest.readableBytes))
        advance()
        return piece
    }

    private mutating func advance() {
        while rest.readableBytes == 0, let segment = further.popLast() { rest = segment }
    }

    var isEmpty: Bool { rest.readableBytes == 0 }
}
