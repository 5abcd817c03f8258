import NIOCore
import WeirHTTP
import WeirUpstream

/// Collects one response.
final class WholeAnswer: UpstreamResponseHandler {
    private let promise: EventLoopPromise<(ResponseHead, ByteBuffer)>
    private var head: ResponseHead?
    private var body = ByteBuffer()

    init(_ promise: EventLoopPromise<(ResponseHead, ByteBuffer)>) { self.promise = promise }

    func received(informational head: ResponseHead) {}
    func received(head: ResponseHead) { self.head = head }
    func received(body chunk: ByteBuffer) { body.writeImmutableBuffer(chunk) }
    func receivedBurst() {}
    func receivedEnd(trailers: FieldSection) {
        guard let head else { preconditionFailure("An answer cannot end before its head") }
        promise.succeed((head, body))
    }

    func failed(_ error: UpstreamError) { promise.fail(error) }
    func requestBodyWanted(_ wanted: Bool) {}
}
