import NIOCore
import WeirHTTP
import WeirUpstream

/// Hands one response on piece by piece.
final class AnswerStream: UpstreamResponseHandler {
    enum Piece: Sendable {
        case head(ResponseHead)
        case body(ByteBuffer)
    }

    private let continuation: AsyncThrowingStream<Piece, any Error>.Continuation

    init(_ continuation: AsyncThrowingStream<Piece, any Error>.Continuation) { self.continuation = continuation }

    func received(informational head: ResponseHead) {}
    func received(head: ResponseHead) { continuation.yield(.head(head)) }
    func received(body chunk: ByteBuffer) { continuation.yield(.body(chunk)) }
    func receivedBurst() {}
    func receivedEnd(trailers: FieldSection) { continuation.finish() }
    func failed(_ error: UpstreamError) { continuation.finish(throwing: error) }
    func requestBodyWanted(_ wanted: Bool) {}
}
