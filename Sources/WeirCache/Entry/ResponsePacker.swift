import NIOCore
import WeirHTTP

/// Puts what a stored response holds one behind the other.
///
///     fields │ path │ tags │ note │ head │ 304's head │ body │ head │ … of each further representation
struct ResponsePacker {
    private(set) var pieces: [ByteBuffer] = []
    private(set) var end: UInt32 = 0
    private(set) var representations: [PackedRepresentation] = []
    /// Bodies that are too large to be copied each time that they are sent.
    private(set) var largeBodies: [ByteBuffer] = []

    @discardableResult
    mutating func add(_ piece: ByteBuffer) -> UInt32 {
        pieces.append(piece)
        end += UInt32(piece.readableBytes)
        return end
    }

    /// A piece behind its length: one byte, or four behind ``longPiece``.
    mutating func add(sized piece: ByteBuffer) {
        var sized = ByteBuffer()
        sized.writeSized(piece)
        add(sized)
    }

    /// Each tag behind its length, and all of them behind theirs.
    mutating func add(tags: [String]) {
        var piece = ByteBuffer()
        for tag in tags { piece.writeSized(ByteBuffer(string: tag)) }
        add(sized: piece)
    }

    fileprivate static let longPiece: UInt8 = 255

    /// - Parameter position: of a piece's length.
    /// - Returns: where the piece itself lies.
    static func piece(in bytes: Span<UInt8>, at position: Int) -> Range<Int> {
        var start = position + 1
        var length = Int(bytes[position])
        if bytes[position] == longPiece {
            length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
            start += 4
        }
        return start..<start + length
    }

    /// Behind its length in two bytes; nothing where there is none.
    mutating func add(note: ByteBuffer) {
        guard note.readableBytes > 0 else { return }
        precondition(note.readableBytes <= UInt16.max, "Cannot keep a note of \(note.readableBytes) bytes")
        add(ByteBuffer(integer: UInt16(note.readableBytes)))
        add(note)
    }

    mutating func add(_ representation: Representation) {
        let unmodified = representation.notModifiedHead
        let tag = representation.etag ?? ByteBuffer()
        let offset = Self.find(tag, in: unmodified)
        var etagStart = end
        if offset == nil { add(tag) }
        let start = end
        let headEnd = add(representation.head)
        if let offset { etagStart = headEnd + UInt32(offset) }
        let notModifiedEnd = add(unmodified)
        let body = representation.body
        let isLarge = body.readableBytes > Representation.packedBody
        if isLarge { largeBodies.append(body) } else { add(body) }
        representations.append(
            PackedRepresentation(
                form: representation.form,
                largeBody: isLarge ? UInt8(largeBodies.count) : 0,
                start: start,
                headEnd: headEnd,
                notModifiedEnd: notModifiedEnd,
                bodyEnd: end,
                etagStart: etagStart,
                etagLength: UInt32(tag.readableBytes)
            )
        )
    }

    /// Where these bytes stand: a 304 says the tag, so it need not be kept once more.
    private static func find(_ needle: ByteBuffer, in hay: ByteBuffer) -> Int? {
        let (bytes, wanted) = (hay.readableBytesUInt8Span, needle.readableBytesUInt8Span)
        guard let first = wanted.count > 0 ? wanted[0] : nil, bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
            if wanted.indices.allSatisfy({ bytes[start + $0] == wanted[$0] }) { return start }
        }
        return nil
    }
}

extension ByteBuffer {
    fileprivate mutating func writeSized(_ piece: ByteBuffer) {
        let length = piece.readableBytes
        if length < Int(ResponsePacker.longPiece) {
            writeInteger(UInt8(length))
        } else {
            writeMultipleIntegers(ResponsePacker.longPiece, UInt32(length))
        }
        writeImmutableBuffer(piece)
    }
}
