import NIOCore

extension ByteBuffer {
    /// Writes a part of a span's bytes.
    @inline(__always)
    mutating func write(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        // Safe: `extracting` checks the range, and a UInt8 has no padding whose bytes would be undefined.
        unsafe writeBytes(bytes.extracting(range).bytes)
    }
}
