package import NIOCore

/// Puts values of one's own in the place of those that an answer repeats (``EchoedMembers``), while it passes.
///
/// The answer is one JSON text or a stream of events; every other byte passes unchanged and at once, however the answer is
/// cut into pieces. What an answer does not repeat is not added to it.
package struct EchoRewriter: Sendable {
    /// What of an event stream's line has come.
    private enum Line {
        /// So many bytes of `data:`.
        case beginning(Int)
        case data
        case other
    }

    private let echoed: EchoedMembers
    private var members: MemberScanner
    /// nil: one JSON text.
    private var line: Line?
    private var isAfterReturn = false
    private var isDropping = false

    /// - Parameter echoed: the values that take the others' place.
    package init(_ echoed: EchoedMembers, isEventStream: Bool) {
        self.echoed = echoed
        members = MemberScanner(echoed.members.map(\.name), isEvent: isEventStream)
        line = isEventStream ? .beginning(0) : nil
    }

    /// - Returns: the same buffer where nothing of it is replaced.
    package mutating func filter(_ chunk: ByteBuffer) -> ByteBuffer {
        let bytes = chunk.readableBytesUInt8Span
        var output: ByteBuffer?
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            let effect = isJSON(byte) ? members.read(byte) : .outside
            switch (effect, isDropping) {
            case (.outside, false), (.value, true): break
            case (.outside, true):
                isDropping = false
                start = index
            case (.value, false):
                isDropping = true
                copy(bytes, start..<index, of: chunk, into: &output)
            case (.begins(let member), _):
                copy(bytes, start..<index + 1, of: chunk, into: &output)
                output?.writeImmutableBuffer(echoed.members[member].value)
                isDropping = true
            }
        }
        if output == nil, start == 0, !isDropping { return chunk }
        if !isDropping { copy(bytes, start..<bytes.count, of: chunk, into: &output) }
        return output ?? ByteBuffer()
    }

    private func copy(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        of chunk: ByteBuffer,
        into output: inout ByteBuffer?
    ) {
        var written = output ?? ByteBufferAllocator().buffer(capacity: chunk.readableBytes + 256)
        output = nil
        written.write(bytes, range)
        output = written
    }

    /// Whether the byte belongs to the text of an answer or an event.
    private mutating func isJSON(_ byte: UInt8) -> Bool {
        guard let line else { return true }
        let completesReturn = isAfterReturn && byte == 0x0A
        isAfterReturn = byte == 0x0D
        if completesReturn { return false }
        switch (line, byte) {
        case (_, 0x0A), (_, 0x0D):
            // An empty line ends the event.
            if case .beginning(0) = line { members.reset() }
            self.line = .beginning(0)
        case (.data, _): return true
        case (.other, _): break
        case (.beginning(let count), _):
            // A byte order mark may stand before the first line; nowhere else do its bytes begin one that matters.
            if count == 0, byte == 0xEF || byte == 0xBB || byte == 0xBF { break }
            guard byte == Self.name[count] else {
                self.line = .other
                break
            }
            self.line = count + 1 == Self.name.count ? .data : .beginning(count + 1)
        }
        return false
    }

    private static let name = Array("data:".utf8)
}
