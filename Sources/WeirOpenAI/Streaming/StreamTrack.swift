package import NIOCore

/// Where the frames of a recorded stream lie, when they came, and what of them only ``UsageInjection`` brought into them:
/// kept beside the stream, so that nobody has to read it again to give it out as it came, or without the usage.
///
///     a frame: length × 2, and 1 where something is cut · ms since the frame before · bytes cut · bytes behind the cut
///
/// Counts take one byte for seven bits, so that a frame takes four or five.
package struct StreamTrack: Sendable, Equatable {
    struct Frame: Equatable {
        /// Bytes.
        var length: Int
        /// Milliseconds.
        var gap: Int
        /// Bytes that are for those alone who asked for the usage.
        var cut = 0
        /// Bytes of the frame behind those.
        var tail = 0
    }

    /// Milliseconds. A provider that stood still is not played back.
    static let maxGap = 2000
    /// Of all that is kept; a stream that needs more has no track.
    static let maxBytes = 60_000

    let encoded: ByteBuffer

    init(encoded: ByteBuffer) { self.encoded = encoded }

    /// - Parameter length: bytes of the stream.
    /// - Returns: nil where this is the track of no such stream.
    func frames(length: Int) -> [Frame]? {
        var bytes = encoded
        var frames: [Frame] = []
        var end = 0
        while bytes.readableBytes > 0 {
            guard let size = bytes.readCount(), let gap = bytes.readCount() else { return nil }
            var frame = Frame(length: size >> 1, gap: min(gap, Self.maxGap))
            if size & 1 == 1 {
                guard let cut = bytes.readCount(), let tail = bytes.readCount(), cut <= frame.length,
                    tail <= frame.length - cut
                else { return nil }
                frame.cut = cut
                frame.tail = tail
            }
            guard frame.length > 0, frame.length <= length - end else { return nil }
            end += frame.length
            frames.append(frame)
        }
        return end == length ? frames : nil
    }

    /// The stream as it would have come if the usage had not been asked for.
    /// - Returns: nil where this is not its track.
    package func withoutUsage(_ stream: ByteBuffer) -> ByteBuffer? {
        guard let frames = frames(length: stream.readableBytes) else { return nil }
        var output = ByteBufferAllocator().buffer(capacity: stream.readableBytes)
        var rest = stream
        var kept = 0
        for frame in frames {
            kept += frame.length
            guard frame.cut > 0 else { continue }
            if let slice = rest.readSlice(length: kept - frame.cut - frame.tail) { output.writeImmutableBuffer(slice) }
            rest.moveReaderIndex(forwardBy: frame.cut)
            kept = frame.tail
        }
        output.writeImmutableBuffer(rest)
        return output
    }
}
