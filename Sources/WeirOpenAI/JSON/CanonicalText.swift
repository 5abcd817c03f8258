import NIOCore

/// The canonical form as it grows. Most of it lies together in the text as well (a name, its colon, its value), so that it
/// is copied from there in long pieces: what is added behind the piece before makes that one longer.
struct CanonicalText {
    private var written: [UInt8] = []
    /// A piece of the text that is still to be written.
    private var pending = 0..<0

    init(sizeBytes: Int) { written.reserveCapacity(sizeBytes) }

    /// Bytes of the text.
    @inline(__always)
    mutating func append(_ piece: Range<Int>, _ text: Span<UInt8>) {
        if piece.lowerBound == pending.upperBound, !pending.isEmpty {
            pending = pending.lowerBound..<piece.upperBound
        } else {
            flush(text)
            pending = piece
        }
    }

    /// A byte between tokens, which may be what comes next in the text.
    @inline(__always)
    mutating func append(_ byte: UInt8, _ text: Span<UInt8>) {
        let next = pending.upperBound
        if !pending.isEmpty, next < text.count, text[next] == byte {
            pending = pending.lowerBound..<next + 1
        } else {
            flush(text)
            written.append(byte)
        }
    }

    /// What the text has in another form.
    mutating func append(rewritten: ByteBuffer, _ text: Span<UInt8>) {
        flush(text)
        written.append(contentsOf: rewritten.readableBytesView)
    }

    /// Where to go back to.
    mutating func mark(_ text: Span<UInt8>) -> Int {
        flush(text)
        return written.count
    }

    mutating func takeBack(to mark: Int) {
        pending = 0..<0
        written.removeSubrange(mark...)
    }

    mutating func finish(_ text: Span<UInt8>) -> ByteBuffer {
        flush(text)
        return ByteBuffer(bytes: written)
    }

    private mutating func flush(_ text: Span<UInt8>) {
        guard !pending.isEmpty else { return }
        // Safe: `extracting` checks the range, and the bytes are read during the call only.
        unsafe text.extracting(pending).withUnsafeBufferPointer { unsafe written.append(contentsOf: $0) }
        pending = 0..<0
    }
}
