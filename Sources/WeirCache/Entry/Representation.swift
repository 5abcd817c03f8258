package import NIOCore
package import WeirHTTP

/// One ready-made form of a stored response: what goes to a client but for `Age`, `Cache-Status`, `X-Request-Id`
/// and `Connection`. Its bytes are in buffers as they were made, or in the stored response, which it keeps alive.
package struct Representation: Sendable {
    package struct Form: Sendable, Hashable {
        package var coding: ContentCoding
        /// The same AI answer as server-sent events (true) or as one JSON body (false).
        package var isEventStream: Bool
        /// Of events that were made of one JSON body: with the usage, which not everybody wants.
        package var hasUsage: Bool

        package init(coding: ContentCoding = .identity, isEventStream: Bool = false, hasUsage: Bool = false) {
            self.coding = coding
            self.isEventStream = isEventStream
            self.hasUsage = hasUsage
        }
    }

    private struct Made: Sendable {
        let head: ByteBuffer
        let notModifiedHead: ByteBuffer
        let body: ByteBuffer
        let etag: ByteBuffer?
    }

    private enum Bytes: Sendable {
        case made(Made)
        case stored(StoredResponse, PackedRepresentation)
    }

    /// Bodies up to this many bytes lie with their heads and are copied whenever they are sent; larger ones lie in
    /// buffers of their own, which go out as they are.
    package static let packedBody = 16 << 10

    package let form: Form
    private let bytes: Bytes

    package init(form: Form, head: ByteBuffer, notModifiedHead: ByteBuffer, body: ByteBuffer, etag: ByteBuffer?) {
        self.form = form
        bytes = .made(Made(head: head, notModifiedHead: notModifiedHead, body: body, etag: etag))
    }

    init(_ packed: PackedRepresentation, of stored: StoredResponse) {
        form = packed.form
        bytes = .stored(stored, packed)
    }

    // MARK: Sizes

    package var headLength: Int {
        switch bytes {
        case .made(let made): made.head.readableBytes
        case .stored(_, let packed): packed.head.count
        }
    }

    package var bodyLength: Int {
        switch bytes {
        case .made(let made): made.body.readableBytes
        case .stored(let stored, let packed): stored.largeBody(of: packed)?.readableBytes ?? packed.body.count
        }
    }

    // MARK: Writing

    /// Writes the status line and the fields, `Content-Length` included, without the empty line.
    package func writeHead(into buffer: inout ByteBuffer) {
        switch bytes {
        case .made(let made): buffer.writeImmutableBuffer(made.head)
        case .stored(let stored, let packed): stored.write(packed.head, into: &buffer)
        }
    }

    /// Writes the status line and the fields that a 304 for this form carries (RFC 9110 §15.4.5), `ETag` of this form
    /// included, without the empty line.
    package func writeNotModifiedHead(into buffer: inout ByteBuffer) {
        switch bytes {
        case .made(let made): buffer.writeImmutableBuffer(made.notModifiedHead)
        case .stored(let stored, let packed): stored.write(packed.notModifiedHead, into: &buffer)
        }
    }

    package func writeBody(into buffer: inout ByteBuffer) {
        switch bytes {
        case .made(let made): buffer.writeImmutableBuffer(made.body)
        case .stored(let stored, let packed):
            if let body = stored.largeBody(of: packed) {
                buffer.writeImmutableBuffer(body)
            } else {
                stored.write(packed.body, into: &buffer)
            }
        }
    }

    // MARK: Buffers

    /// What ``writeHead(into:)`` writes.
    package var head: ByteBuffer {
        switch bytes {
        case .made(let made): made.head
        case .stored(let stored, let packed): stored.buffer(packed.head)
        }
    }

    /// What ``writeNotModifiedHead(into:)`` writes.
    package var notModifiedHead: ByteBuffer {
        switch bytes {
        case .made(let made): made.notModifiedHead
        case .stored(let stored, let packed): stored.buffer(packed.notModifiedHead)
        }
    }

    /// A large one without being copied.
    package var body: ByteBuffer {
        switch bytes {
        case .made(let made): made.body
        case .stored(let stored, let packed): stored.largeBody(of: packed) ?? stored.buffer(packed.body)
        }
    }

    /// Of this form, quotes and weakness included, as it is sent.
    package var etag: ByteBuffer? {
        switch bytes {
        case .made(let made): made.etag
        case .stored(let stored, let packed): packed.etag.map { stored.buffer($0) }
        }
    }
}
