import NIOCore

/// A request's body on its way to libcurl, which asks for one piece after the other.
struct CurlUpload {
    enum Piece: Equatable {
        case bytes(ByteBuffer)
        /// The next piece has not come yet.
        case none
        case end
        /// The body ended before the length that was announced for it.
        case short
    }

    private enum Source {
        /// With what is still unread of it.
        case whole(ByteBuffer, rest: ByteBuffer)
        case streamed(CircularBuffer<ByteBuffer>, isComplete: Bool, isTouched: Bool)
    }

    private var source: Source
    /// Bytes that may still be sent, where the length is known; whatever goes beyond is dropped.
    private var remaining: UInt64?

    init(_ body: UpstreamRequest.Body) {
        switch body {
        case .none:
            source = .whole(ByteBuffer(), rest: ByteBuffer())
            remaining = 0
        case .whole(let buffer):
            source = .whole(buffer, rest: buffer)
            remaining = UInt64(buffer.readableBytes)
        case .streamed(let length):
            source = .streamed([], isComplete: false, isTouched: false)
            remaining = length
        }
    }

    /// What libcurl is told of the body's length: bytes, or -1 for unknown.
    var announcedLength: Int64 { remaining.map { Int64(clamping: $0) } ?? -1 }

    /// Whether nothing more will come.
    var isFinished: Bool {
        if remaining == 0 { return true }
        return switch source {
        case .whole(_, let rest): rest.readableBytes == 0
        case .streamed(let queue, let isComplete, _): isComplete && queue.isEmpty
        }
    }

    mutating func append(_ piece: ByteBuffer) {
        guard case .streamed(var queue, false, let isTouched) = source else { return }
        source = .streamed([], isComplete: false, isTouched: isTouched)
        queue.append(piece)
        source = .streamed(queue, isComplete: false, isTouched: isTouched)
    }

    mutating func complete() {
        guard case .streamed(let queue, _, let isTouched) = source else { return }
        source = .streamed(queue, isComplete: true, isTouched: isTouched)
    }

    /// The next bytes, at most `count` of them.
    mutating func next(upTo count: Int) -> Piece {
        let count = min(count, Int(clamping: remaining ?? UInt64(count)))
        guard count > 0 else { return .end }
        let piece: Piece
        switch source {
        case .whole(let all, var rest):
            guard let bytes = rest.readSlice(length: min(count, rest.readableBytes)), bytes.readableBytes > 0 else {
                return .end
            }
            source = .whole(all, rest: rest)
            piece = .bytes(bytes)
        case .streamed(var queue, let isComplete, let isTouched):
            source = .streamed([], isComplete: isComplete, isTouched: isTouched)
            let taken = Self.take(count, from: &queue)
            source = .streamed(queue, isComplete: isComplete, isTouched: isTouched || taken != nil)
            guard let taken else { return isComplete ? (remaining == nil ? .end : .short) : .none }
            piece = .bytes(taken)
        }
        if case .bytes(let bytes) = piece, let known = remaining { remaining = known - UInt64(bytes.readableBytes) }
        return piece
    }

    private static func take(_ count: Int, from queue: inout CircularBuffer<ByteBuffer>) -> ByteBuffer? {
        while let first = queue.first {
            if first.readableBytes > count { return queue[queue.startIndex].readSlice(length: count) }
            queue.removeFirst()
            if first.readableBytes > 0 { return first }
        }
        return nil
    }

    /// Back to the first byte, for libcurl to send the request once more.
    /// - Returns: whether that is possible: a streamed body is gone once read.
    mutating func rewind() -> Bool {
        switch source {
        case .whole(let all, _):
            source = .whole(all, rest: all)
            remaining = UInt64(all.readableBytes)
            return true
        case .streamed(_, _, let isTouched):
            return !isTouched
        }
    }
}
