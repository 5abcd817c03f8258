import NIOCore

/// Reads one message's body and trailers off a connection's bytes, as its framing says (RFC 9112 §6, §7).
///
///     .none ─────────────────────────────────────────────────────────▶ done
///     .length ──▶ counted ───────────────────────────────────────────▶ done
///     .chunked ─▶ size line ─▶ data ─▶ CRLF ─▶ size line … 0 ─▶ trailers ─▶ done
///     .untilClose ─▶ open            (its end is the connection's, which the decoder above is told of)
struct BodyDecoder: Sendable {
    enum Part: Sendable {
        case bytes(ByteBuffer)
        /// With the trailer section, empty where there was none.
        case end(FieldSection)
    }

    private enum State: Sendable {
        /// Bytes still to come; chunked or not.
        case counted(UInt64), chunk(UInt64)
        case sizeLine, chunkEnd, trailers, open
    }

    private var state: State
    private var trailers = FieldSectionReader(at: 0)
    /// What chunk extensions have come to so far.
    private var extensionBytes = 0

    init(_ framing: BodyFraming) {
        state =
            switch framing {
            case .none: .counted(0)
            case .length(let count): .counted(count)
            case .chunked: .sizeLine
            case .untilClose: .open
            }
    }

    /// Whether the body ends with its connection.
    var endsWithConnection: Bool {
        if case .open = state { true } else { false }
    }

    /// The next part, or nil when more bytes are needed. To be called no more after ``Part/end(_:)``.
    mutating func decode(_ buffer: inout ByteBuffer, limits: HeadLimits) throws(MessageError) -> Part? {
        while true {
            switch state {
            case .counted(0): return .end(FieldSection())
            case .counted(let left):
                guard let slice = Self.take(left, from: &buffer) else { return nil }
                state = .counted(left - UInt64(slice.readableBytes))
                return .bytes(slice)
            case .open:
                return Self.take(.max, from: &buffer).map(Part.bytes)
            case .sizeLine:
                guard let line = try ChunkSizeLine(buffer.readableBytesUInt8Span, limits: limits) else { return nil }
                extensionBytes += line.extensionLength
                guard extensionBytes <= limits.head else { throw MessageError("the chunk extensions are too long") }
                buffer.moveReaderIndex(forwardBy: line.length)
                state = line.size == 0 ? .trailers : .chunk(line.size)
            case .chunk(let left):
                guard let slice = Self.take(left, from: &buffer) else { return nil }
                let rest = left - UInt64(slice.readableBytes)
                state = rest == 0 ? .chunkEnd : .chunk(rest)
                return .bytes(slice)
            case .chunkEnd:
                guard try Self.isLineEnd(buffer.readableBytesUInt8Span) else { return nil }
                buffer.moveReaderIndex(forwardBy: 2)
                state = .sizeLine
            case .trailers:
                return try decodeTrailers(&buffer, limits: limits)
            }
        }
    }

    private mutating func decodeTrailers(
        _ buffer: inout ByteBuffer,
        limits: HeadLimits
    ) throws(MessageError) -> Part? {
        let allowed = min(buffer.readableBytes, limits.head)
        guard try trailers.read(buffer.readableBytesUInt8Span.extracting(first: allowed), maximum: limits.fields) else {
            guard allowed < limits.head else { throw MessageError(431, "the trailer section is too large") }
            return nil
        }
        guard !trailers.lines.isEmpty else {
            buffer.moveReaderIndex(forwardBy: trailers.position)
            return .end(FieldSection())
        }
        guard let storage = buffer.readSlice(length: trailers.position) else {
            preconditionFailure("Cannot have read trailers that are not there")
        }
        return .end(FieldSection(storage: storage, lines: trailers.lines))
    }

    private static func take(_ count: UInt64, from buffer: inout ByteBuffer) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        return buffer.readSlice(length: Int(min(count, UInt64(buffer.readableBytes))))
    }

    /// Whether a chunk's CRLF is there; false when more bytes are needed.
    private static func isLineEnd(_ bytes: Span<UInt8>) throws(MessageError) -> Bool {
        guard bytes.count > 0 else { return false }
        guard bytes[0] == ASCII.carriageReturn, bytes.count < 2 || bytes[1] == ASCII.lineFeed else {
            throw MessageError("a chunk does not end where its size says")
        }
        return bytes.count >= 2
    }
}
