import NIOCore

/// Makes the ``StreamTrack`` of a stream while that comes.
struct StreamTracker: Sendable {
    private var encoded = ByteBuffer()
    /// Its end may still be to come: the LF of a CRLF.
    private var last: StreamTrack.Frame?
    private var lastCame: NIODeadline?
    private var isOverflowing = false

    /// - Parameters:
    ///   - cut: what of it is for those alone who asked for the usage.
    ///   - time: when it came; nil: nobody wants to know.
    mutating func add(length: Int, cut: Range<Int>?, at time: NIODeadline?) {
        writeLast()
        var gap = 0
        if let time {
            // Nobody waits for the first.
            gap = lastCame.map { Int(clamping: (time - $0).nanoseconds / 1_000_000) } ?? 0
            lastCame = time
        }
        last = StreamTrack.Frame(
            length: length,
            gap: min(max(0, gap), StreamTrack.maxGap),
            cut: cut?.count ?? 0,
            tail: cut.map { length - $0.upperBound } ?? 0
        )
    }

    /// An LF has come that belongs to the last frame.
    mutating func completeLast() {
        guard var frame = last else { return }
        if frame.cut == frame.length { frame.cut += 1 } else if frame.cut > 0 { frame.tail += 1 }
        frame.length += 1
        last = frame
    }

    /// - Returns: nil where there is nothing to keep, or too much.
    var track: StreamTrack? {
        var whole = self
        whole.writeLast()
        guard !whole.isOverflowing, whole.encoded.readableBytes > 0 else { return nil }
        return StreamTrack(encoded: whole.encoded)
    }

    private mutating func writeLast() {
        guard let frame = last, !isOverflowing else { return }
        last = nil
        encoded.write(count: frame.length << 1 | (frame.cut > 0 ? 1 : 0))
        encoded.write(count: frame.gap)
        if frame.cut > 0 {
            encoded.write(count: frame.cut)
            encoded.write(count: frame.tail)
        }
        guard encoded.readableBytes > StreamTrack.maxBytes else { return }
        isOverflowing = true
        encoded = ByteBuffer()
    }
}
