package import NIOCore

/// Takes out of a chat or completions stream what only ``UsageInjection`` brought into it: the chunk with nothing but
/// the usage, and the `"usage": null` of the others.
///
/// Every other byte passes unchanged and in order; a frame passes in the call that completes it. A stream with a frame
/// over the limit passes as it is from there on.
package struct UsageStripper: Sendable {
    private var splitter: FrameSplitter
    /// The last frame was taken out: an LF that belongs to its end goes too.
    private var droppedLast = false

    private let maxFrameBytes: Int

    package init(maxFrameBytes: Int = 8 << 20) {
        self.maxFrameBytes = maxFrameBytes
        splitter = FrameSplitter(limitBytes: maxFrameBytes)
    }

    /// - Returns: what the client gets now; may be empty.
    package mutating func filter(_ chunk: ByteBuffer) -> ByteBuffer {
        guard !splitter.isOverflowing else { return chunk }
        var output = ByteBufferAllocator().buffer(capacity: chunk.readableBytes)
        if splitter.append(chunk), !droppedLast { output.writeInteger(0x0A as UInt8) }
        while let frame = splitter.next() {
            let left = Self.strip(frame)
            droppedLast = left == nil
            if let left { output.writeImmutableBuffer(left) }
        }
        if splitter.isOverflowing { output.writeImmutableBuffer(splitter.pending) }
        return output
    }

    /// What is left when the stream ends: a frame that was cut off.
    package mutating func finish() -> ByteBuffer {
        defer { splitter = FrameSplitter(limitBytes: maxFrameBytes) }
        return splitter.isOverflowing ? ByteBuffer() : splitter.pending
    }

    /// - Returns: the frame without what the client did not ask for; nil when nothing is left of it.
    private static func strip(_ frame: ByteBuffer) -> ByteBuffer? {
        guard mentionsUsage(frame) else { return frame }
        let lines = EventFrame(frame)
        let bytes = frame.slice()
        guard let event = lines.event, let document = try? JSONDocument(event.data),
            let cut = cut(lines, document, length: bytes.readableBytes)
        else { return frame }
        guard cut.count < bytes.readableBytes else { return nil }
        var left = ByteBufferAllocator().buffer(capacity: bytes.readableBytes)
        for kept in [0..<cut.lowerBound, cut.upperBound..<bytes.readableBytes] {
            left.writeImmutableBuffer(bytes.getSlice(at: kept.lowerBound, length: kept.count) ?? ByteBuffer())
        }
        return left
    }

    /// - Parameters:
    ///   - document: the frame's data.
    ///   - length: bytes of the frame.
    /// - Returns: what of the frame the client did not ask for; nil when it is nothing.
    static func cut(_ frame: EventFrame, _ document: JSONDocument, length: Int) -> Range<Int>? {
        guard let usage = onlyUsage(of: document) else { return nil }
        if document.kind(usage.value) == .object, let choices = document.value("choices", of: JSONDocument.root),
            document.kind(choices) == .array, document.isEmpty(choices)
        {
            return 0..<length
        }
        guard document.isNull(usage.value), let data = frame.dataRange else { return nil }
        let removed = range(of: usage, document)
        return data.lowerBound + removed.lowerBound..<data.lowerBound + removed.upperBound
    }

    /// Nil where the member is missing, or repeated, so that readers differ on which one counts.
    private static func onlyUsage(of document: JSONDocument) -> JSONMembers.Element? {
        var found: JSONMembers.Element?
        for member in document.members(JSONDocument.root) where document.isNamed(member.name, "usage") {
            guard found == nil else { return nil }
            found = member
        }
        return found
    }

    /// The member with the comma that joined it to the others.
    private static func range(of member: JSONMembers.Element, _ document: JSONDocument) -> Range<Int> {
        let own = document.range(member.name).lowerBound..<document.range(member.value).upperBound
        var previousEnd: Int?
        for other in document.members(JSONDocument.root) {
            if other.name < member.name {
                previousEnd = document.range(other.value).upperBound
            } else if other.name > member.name, previousEnd == nil {
                return own.lowerBound..<document.range(other.name).lowerBound
            }
        }
        return (previousEnd ?? own.lowerBound)..<own.upperBound
    }

    /// A cheap look before the frame is taken apart.
    private static func mentionsUsage(_ frame: ByteBuffer) -> Bool {
        let bytes = frame.readableBytesUInt8Span
        guard bytes.count >= 7 else { return false }
        for index in 0..<bytes.count - 6 where bytes[index] == UInt8(ascii: "\"") {
            if bytes[index + 1] == UInt8(ascii: "u"), bytes[index + 2] == UInt8(ascii: "s"),
                bytes[index + 3] == UInt8(ascii: "a"), bytes[index + 4] == UInt8(ascii: "g"),
                bytes[index + 5] == UInt8(ascii: "e"), bytes[index + 6] == UInt8(ascii: "\"")
            {
                return true
            }
        }
        return false
    }
}
