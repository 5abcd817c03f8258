import NIOCore
import WeirHTTP

/// A response being taken down for the store.
struct Recording {
    let head: ResponseHead
    let freshness: Freshness
    let selection: VarySelection
    /// Bytes of the largest body that is stored.
    let limit: Int
    /// nil in `mode: http`.
    var answer: AnswerRecorder?
    private var chunks: [ByteBuffer] = []
    private var length = 0

    init(
        head: ResponseHead,
        freshness: Freshness,
        selection: VarySelection,
        limit: Int,
        answer: AnswerRecorder?
    ) {
        self.head = head
        self.freshness = freshness
        self.selection = selection
        self.limit = limit
        self.answer = answer
    }

    /// - Parameter time: when it came; nil: nobody wants to know.
    mutating func append(_ chunk: ByteBuffer, at time: NIODeadline?) {
        length += chunk.readableBytes
        chunks.append(chunk)
        answer?.feed(chunk, at: time)
    }

    /// What goes on reading an AI answer that is not recorded any more.
    var passing: AnswerRecorder? { answer?.passing(after: chunks) }

    var isOverflowing: Bool { isLonger(than: limit) }

    func isLonger(than count: Int) -> Bool { length > count }

    /// Nothing but the end is missing.
    var isWhole: Bool { head.framing.knownLength == length }

    /// The body in a buffer of its own size: a stored body must not keep read buffers alive.
    func body() -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(length)
        for chunk in chunks { body.writeImmutableBuffer(chunk) }
        return body
    }
}
