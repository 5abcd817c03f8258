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

    /// Each tag behind its length: one byte, or four behind ``longTag``.
    mutating func add(tags: [String]) -> UInt32 {
        var piece = ByteBuffer()
        for tag in tags {
            let length = tag.utf8.count
            if length < Int(Self.longTag) {
                piece.writeInteger(UInt8(length))
            } else {
                piece.writeMultipleIntegers(Self.longTag, UInt32(length))
            }
            piece.writeString(tag)
        }
        return add(piece)
    }

    private static let longTag: UInt8 = 255

    /// - Parameter position: of its length.
    /// - Returns: where the tag itself lies.
    static func tag(in tags: Span<UInt8>, at position: Int) -> Range<Int> {
        var start = position + 1
        var length = Int(tags[position])
        if tags[position] == longTag {
            length = (0..<4).reduce(0) { $0 << 8 | Int(tags[start + $1]) }
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
