package import NIOCore
package import WeirHTTP

/// One ready-made form of a stored response: what goes to a client but for `Age`, `Cache-Status`, `X-Request-Id`
/// and `Connection`.
package struct Representation: Sendable {
    package struct Form: Sendable, Hashable {
        package var coding: ContentCoding
        /// The same AI answer as server-sent events (true) or as one JSON body (false).
        package var isEventStream: Bool

        package init(coding: ContentCoding = .identity, isEventStream: Bool = false) {
            self.coding = coding
            self.isEventStream = isEventStream
        }
    }

    package var form: Form
    /// Status line and fields, `Content-Length` included, without the empty line.
    package var head: ByteBuffer
    /// Fields a 304 for this form carries (RFC 9110 §15.4.5), `ETag` of this form included, without the empty line.
    package var notModifiedHead: ByteBuffer
    package var body: ByteBuffer
    /// Of this form, quotes and weakness included, as it is sent.
    package var etag: ByteBuffer?

    package init(form: Form, head: ByteBuffer, notModifiedHead: ByteBuffer, body: ByteBuffer, etag: ByteBuffer?) {
        self.form = form
        self.head = head
        self.notModifiedHead = notModifiedHead
        self.body = body
        self.etag = etag
    }

    /// Bytes it takes in the store.
    package var size: Int { head.readableBytes + notModifiedHead.readableBytes + body.readableBytes + 192 }
}
