import NIOCore

/// A stored body on its way out, in pieces, so that a slow client is seen to make progress.
struct StoredBody {
    static let pieceSize = 128 << 10

    private var rest: ByteBuffer

    init(_ body: ByteBuffer) { rest = body }

    mutating func next() -> ByteBuffer? {
        guard rest.readableBytes > 0 else { return nil }
        return rest.readSlice(length: min(Self.pieceSize, rest.readableBytes))
    }

    var isEmpty: Bool { rest.readableBytes == 0 }
}
