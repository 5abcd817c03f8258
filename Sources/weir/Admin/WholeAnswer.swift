import NIOCore
import WeirHTTP
import WeirUpstream

/// Collects one response.
final class WholeAnswer: UpstreamResponseHandler {
    private let promise: EventLoopPromise<(UInt16, ByteBuffer)>
    private var status: UInt16 = 0
    private var body = ByteBuffer()

    init(_ promise: EventLoopPromise<(UInt16, ByteBuffer)>) { self.promise = promise }

    func received(informational head: ResponseHead) {}
    func received(head: ResponseHead) { status = head.status }
    func received(body chunk: ByteBuffer) { body.writeImmutableBuffer(chunk) }
    func receivedBurst() {}
    func receivedEnd(trailers: FieldSection) { promise.succeed((status, body)) }
    func failed(_ error: UpstreamError) { promise.fail(error) }
    func requestBodyWanted(_ wanted: Bool) {}
}
