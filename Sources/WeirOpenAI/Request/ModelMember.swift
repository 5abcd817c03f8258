package import NIOCore

/// The `model` of an API request's JSON body, and where it stands.
package struct ModelMember: Sendable, Equatable {
    package let name: String
    /// Of the value, quotes included.
    private let range: Range<Int>

    /// - Returns: nil where the body is no JSON object with exactly one `model` that is a string: nobody could say which
    ///   of two counts.
    package static func find(in body: ByteBuffer) -> ModelMember? {
        guard let document = try? JSONDocument(body) else { return nil }
        let root = JSONDocument.root
        let members = document.members(root).filter { document.isNamed($0.name, "model") }
        guard members.count == 1, let name = document.string(members[0].value) else { return nil }
        return ModelMember(name: name, range: document.range(members[0].value))
    }

    /// The body that this was found in with another model; all other bytes stay as they are.
    package func renamed(_ name: String, in body: ByteBuffer) -> ByteBuffer {
        var output = ByteBufferAllocator().buffer(capacity: body.readableBytes + name.utf8.count)
        let start = body.readerIndex
        if let before = body.getSlice(at: start, length: range.lowerBound) { output.writeImmutableBuffer(before) }
        output.writeInteger(UInt8(ascii: "\""))
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.writeInteger(UInt8(ascii: "\\"))
                output.writeInteger(byte)
            case ..<0x20:
                output.writeString("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default:
                output.writeInteger(byte)
            }
        }
        output.writeInteger(UInt8(ascii: "\""))
        let rest = body.readableBytes - range.upperBound
        if let behind = body.getSlice(at: start + range.upperBound, length: rest) {
            output.writeImmutableBuffer(behind)
        }
        return output
    }
}
