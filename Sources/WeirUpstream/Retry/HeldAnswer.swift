import NIOCore
import WeirHTTP

/// An answer that is held back until it is decided what becomes of it: its head, and what has come behind it.
struct HeldAnswer {
    enum End {
        case whole(trailers: FieldSection)
        case failed(UpstreamError)
    }

    /// Bytes of a body that are held before it has to be decided. An error's body is shorter.
    static let limit = 16 << 10

    var head: ResponseHead
    private(set) var body = ByteBuffer()
    var end: End?

    init(_ head: ResponseHead) { self.head = head }

    /// There is too much to hold.
    var isOverflowing: Bool { body.readableBytes > HeldAnswer.limit }

    mutating func append(_ chunk: ByteBuffer) { body.writeImmutableBuffer(chunk) }
}
