package import NIOCore

/// Reads responses off an upstream connection's bytes, one part a call (RFC 9112).
///
///       idle ── begin ──▶ head ── 1xx: .informational ──▶ head
///        ▲                 └── a final head: .head ──▶ body ── .body, .body, … .end ──▶ idle
///        └───────────────────────────────────────────────────────────────────────────────┘
///
/// A pool's connection drives it: ``begin(answering:upgrading:)`` for each request it has sent. While idle it
/// consumes nothing: bytes that nobody asked for are left to the connection, which must not be used again.
/// Any state may become failed; every error is a 502 for the client that waits.
package struct ResponseDecoder: Sendable {
    private enum State: Sendable {
        case idle, head, body, failed
    }

    private let limits: HeadLimits
    private var state = State.idle
    private var reader = HeadReader()
    private var line: ParsedStatusLine?
    private var body = BodyDecoder(.none)
    private var method = RequestMethod.other
    private var upgrading = false
    private var informationals = 0

    package init(limits: HeadLimits = HeadLimits()) {
        self.limits = limits
    }

    /// Must be called before each response: HEAD and CONNECT change how it is framed (RFC 9112 §6.3).
    /// - Parameter upgrading: whether the request asked for another protocol. Then 101 is a final response,
    ///   and what follows its `.end` is that protocol's; otherwise 101 is an error.
    package mutating func begin(answering method: RequestMethod, upgrading: Bool = false) {
        guard state != .failed else { return }
        precondition(state == .idle, "Cannot begin a response while another is read")
        self.method = method
        self.upgrading = upgrading
        informationals = 0
        state = .head
    }

    /// The next part, or nil when more bytes are needed. Consumes what it returns from `buffer`.
    /// - Throws: once, with status 502; the connection is then of no further use.
    package mutating func decode(_ buffer: inout ByteBuffer) throws(MessageError) -> ResponsePart? {
        do throws(MessageError) {
            switch state {
            case .idle, .failed: return nil
            case .head: return try decodeHead(&buffer)
            case .body:
                switch try body.decode(&buffer, limits: limits) {
                case nil: return nil
                case .bytes(let bytes): return .body(bytes)
                case .end(var trailers):
                    TrailerRules.filter(&trailers)
                    state = .idle
                    return .end(trailers)
                }
            }
        } catch {
            state = .failed
            throw MessageError(502, error.reason)
        }
    }

    /// The peer has closed its side: `.end` for a close-delimited body, nil between messages, else an error.
    /// To be called when ``decode(_:)`` has no more to give.
    package mutating func finish() throws(MessageError) -> ResponsePart? {
        switch state {
        case .idle, .failed: return nil
        case .body where body.endsWithConnection:
            state = .idle
            return .end(FieldSection())
        case .head:
            state = .failed
            throw MessageError(502, "the connection closed before a response")
        case .body:
            state = .failed
            throw MessageError(502, "the connection closed within a response")
        }
    }

    private mutating func decodeHead(_ buffer: inout ByteBuffer) throws(MessageError) -> ResponsePart? {
        guard let length = try readHead(buffer.readableBytesUInt8Span) else { return nil }
        guard let storage = buffer.readSlice(length: length), let line = exchange(&line, with: nil) else {
            preconditionFailure("Cannot have read a head that is not there")
        }
        let head = try ResponseHead(line, answering: method, storage: storage, lines: reader.takeLines())
        if head.isInformational, head.status != 101 {
            informationals += 1
            guard informationals <= limits.informational else { throw MessageError("there are too many 1xx responses") }
            return .informational(head)
        }
        guard head.status != 101 || upgrading else { throw MessageError("nobody asked for the protocol switched to") }
        body = BodyDecoder(method == .head ? .none : head.framing)
        state = .body
        return .head(head)
    }

    /// The head's length, once it is whole.
    private mutating func readHead(_ bytes: Span<UInt8>) throws(MessageError) -> Int? {
        while true {
            switch try reader.read(bytes, limits: limits) {
            case .incomplete: return nil
            case .startLine(let end): line = try ParsedStatusLine(bytes.extracting(..<end))
            case .head(let length): return length
            }
        }
    }
}
