import NIOCore

/// Bytes in one block of memory of exactly their number, freed with their owner: a `ByteBuffer` would round up to a power
/// of two, and take an object besides.
@safe
struct StoredBytes: ~Copyable, @unchecked Sendable {
    /// Owned, `count` bytes long, written by the initialisers alone and freed once, in `deinit`: so anybody who holds the
    /// owner may read it, on any thread.
    private let base: UnsafeMutableRawPointer
    private let length: UInt32

    var count: Int { Int(length) }

    /// One piece behind the other.
    init(_ pieces: [ByteBuffer]) {
        length = UInt32(pieces.reduce(0) { $0 + $1.readableBytes })
        unsafe base = .allocate(byteCount: Int(length), alignment: 1)
        var end = 0
        for piece in pieces {
            // The pieces' lengths add up to the block's.
            unsafe piece.withUnsafeReadableBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                unsafe base.advanced(by: end).copyMemory(from: start, byteCount: bytes.count)
            }
            end += piece.readableBytes
        }
    }

    init(copying other: borrowing StoredBytes) {
        length = other.length
        unsafe base = .allocate(byteCount: Int(length), alignment: 1)
        unsafe base.copyMemory(from: other.base, byteCount: Int(length))
    }

    deinit { unsafe base.deallocate() }

    /// Lends a part.
    func withBytes<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "Cannot read outside of what is stored")
        // Within the block, which lives as long as this value; bytes have no alignment and any of them is a UInt8.
        let bytes = unsafe UnsafeRawBufferPointer(start: base.advanced(by: range.lowerBound), count: range.count)
        return body(unsafe Span(_unsafeBytes: bytes))
    }

    func write(_ range: Range<Int>, into buffer: inout ByteBuffer) {
        // A UInt8 has no padding whose bytes would be undefined.
        withBytes(range) { bytes in _ = unsafe buffer.writeBytes(bytes.bytes) }
    }

    /// A copy of a part, in a buffer of its own.
    func buffer(_ range: Range<Int>) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(range.count)
        write(range, into: &buffer)
        return buffer
    }
}
