package import NIOCore

/// Reads a `text/event-stream` (WHATWG HTML §9.2) from bytes in any pieces: the same events come out however they are
/// cut. Comments and frames that say nothing are passed over; a frame that is cut off at the end never comes out.
package struct SSEParser: Sendable {
    private var splitter: FrameSplitter
    private var isFirst = true

    /// - Parameter maxFrameBytes: what one frame may take with all its lines. A stream that exceeds it yields nothing
    ///   more and is ``isOverflowing``.
    package init(maxFrameBytes: Int = 8 << 20) { splitter = FrameSplitter(limitBytes: maxFrameBytes) }

    /// - Returns: whether the chunk began with an LF that belongs to the end of the last frame.
    @discardableResult
    package mutating func push(_ chunk: ByteBuffer) -> Bool {
        guard !splitter.isOverflowing else { return false }
        return splitter.append(chunk)
    }

    /// The next event that is complete; nil when more bytes are needed.
    package mutating func next() -> ServerSentEvent? {
        while let frame = nextFrame() {
            if let event = frame.lines.event { return event }
        }
        return nil
    }

    /// The next frame that is complete, whether it says anything or not, and its length in bytes.
    mutating func nextFrame() -> (lines: EventFrame, length: Int)? {
        guard !splitter.isOverflowing, let frame = splitter.next() else { return nil }
        // A byte order mark may stand before the first line.
        let hasMark = isFirst && frame.readableBytesView.starts(with: [0xEF, 0xBB, 0xBF])
        isFirst = false
        return (EventFrame(frame, skipping: hasMark ? 3 : 0), frame.readableBytes)
    }

    /// A frame grew over the limit; the stream cannot be read on.
    package var isOverflowing: Bool { splitter.isOverflowing }

    /// Whether the bytes so far end within a frame. A comment that is under way is none.
    package var endsWithinFrame: Bool {
        splitter.pending.readableBytesView.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
            .contains { $0.first != UInt8(ascii: ":") }
    }

    /// Every event of a whole stream; nil when it ends within a frame.
    static func events(_ stream: ByteBuffer) -> [ServerSentEvent]? {
        var parser = SSEParser(maxFrameBytes: .max)
        parser.push(stream)
        var events: [ServerSentEvent] = []
        while let event = parser.next() { events.append(event) }
        return parser.endsWithinFrame ? nil : events
    }
}
