package import NIOCore

/// Reads requests off a connection's bytes, one part a call (RFC 9112).
///
///          ┌──────────────────────── end of message ───────────────────────┐
///          ▼                                                               │
///        head ── a whole head: .head ──▶ body ── .body, .body, … .end ─────┘
///          └───────── error ──▶ failed ◀── error ──┘
///
/// A connection's handler drives it with the bytes it has and keeps those it has not consumed. The decoder
/// copies none: heads, fields and body pieces are slices. Where two readers could understand a message in two
/// ways, it refuses it: what follows a refusal is never interpreted. The same bytes give the same parts
/// and the same error however they are cut.
package struct RequestDecoder: Sendable {
    private enum State: Sendable {
        case head, body, failed
    }

    /// To be changed between messages only: what has begun ends by the limits that it began with.
    package var limits: HeadLimits
    private var state = State.head
    private var reader = HeadReader()
    private var line: ParsedRequestLine?
    private var body = BodyDecoder(.none)
    private var blankLines = 0

    /// Empty lines tolerated before a request line (RFC 9112 §2.2).
    private static let toleratedBlankLines = 2

    package init(limits: HeadLimits = HeadLimits()) {
        self.limits = limits
    }

    /// Whether empty lines that stand before a request have been read, and nothing of the request.
    package var hasReadBlankLines: Bool { blankLines > 0 }

    /// The next part, or nil when more bytes are needed. Consumes what it returns from `buffer`.
    /// - Throws: once; the connection is then of no further use.
    package mutating func decode(_ buffer: inout ByteBuffer) throws(MessageError) -> RequestPart? {
        do throws(MessageError) {
            switch state {
            case .head: return try decodeHead(&buffer)
            case .body:
                switch try body.decode(&buffer, limits: limits) {
                case nil: return nil
                case .bytes(let bytes): return .body(bytes)
                case .end(let trailers):
                    try TrailerRules.check(trailers)
                    state = .head
                    return .end(trailers)
                }
            case .failed: return nil
            }
        } catch {
            state = .failed
            throw error
        }
    }

    private mutating func decodeHead(_ buffer: inout ByteBuffer) throws(MessageError) -> RequestPart? {
        if line == nil { try skipBlankLines(&buffer) }
        guard buffer.readableBytes > 0, buffer.readableBytesUInt8Span[0] != ASCII.carriageReturn else { return nil }
        guard let length = try readHead(buffer.readableBytesUInt8Span) else { return nil }
        guard let storage = buffer.readSlice(length: length), let line = exchange(&line, with: nil) else {
            preconditionFailure("Cannot have read a head that is not there")
        }
        let head = try RequestHead(line, storage: storage, lines: reader.takeLines())
        blankLines = 0
        body = BodyDecoder(head.framing)
        state = .body
        return .head(head)
    }

    /// The head's length, once it is whole.
    private mutating func readHead(_ bytes: Span<UInt8>) throws(MessageError) -> Int? {
        // Bytes that are no HTTP at all, such as a TLS greeting, are refused before a line of them is there.
        guard ASCII.isTokenCharacter(bytes[0]) else { throw MessageError("a request does not begin with a method") }
        while true {
            switch try reader.read(bytes, limits: limits) {
            case .incomplete: return nil
            case .startLine(let end): line = try ParsedRequestLine(bytes.extracting(..<end), limits: limits)
            case .head(let length): return length
            }
        }
    }

    /// Leaves a CR whose LF has not come yet.
    private mutating func skipBlankLines(_ buffer: inout ByteBuffer) throws(MessageError) {
        while let first: UInt8 = buffer.getInteger(at: buffer.readerIndex), first == ASCII.carriageReturn {
            guard let second: UInt8 = buffer.getInteger(at: buffer.readerIndex + 1) else { return }
            guard second == ASCII.lineFeed else { throw FieldSectionReader.bareCarriageReturn }
            guard blankLines < Self.toleratedBlankLines else {
                throw MessageError("there are too many empty lines before a request")
            }
            blankLines += 1
            buffer.moveReaderIndex(forwardBy: 2)
        }
    }
}
