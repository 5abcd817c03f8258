import CZlib
import NIOCore

/// zlib itself, called at once on whole bodies: the truth that Weir's streaming coders are held against.
enum Zlib {
    /// One gzip member.
    static func gzip(_ body: ByteBuffer, level: Int32 = 6) -> ByteBuffer {
        var stream = unsafe z_stream()
        var input = Array(body.readableBytesView)
        var output = [UInt8](repeating: 0, count: input.count * 2 + 1024)
        unsafe precondition(weir_deflateInit2(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK)
        // Both arrays outlive the one call that uses them.
        let count = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                unsafe precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return unsafe output.count - Int(stream.avail_out)
            }
        }
        unsafe deflateEnd(&stream)
        return ByteBuffer(bytes: output[..<count])
    }

    /// - Returns: nil unless `coded` begins with a whole gzip member, and how many bytes that has.
    static func gunzip(_ coded: ByteBuffer, maximum: Int) -> (body: ByteBuffer, consumed: Int)? {
        var stream = unsafe z_stream()
        var input = Array(coded.readableBytesView)
        var output = [UInt8](repeating: 0, count: maximum + 1)
        unsafe precondition(weir_inflateInit2(&stream, 31) == Z_OK)
        // Both arrays outlive the one call that uses them.
        let status = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe inflate(&stream, Z_FINISH)
            }
        }
        let produced = unsafe output.count - Int(stream.avail_out)
        let consumed = unsafe input.count - Int(stream.avail_in)
        unsafe inflateEnd(&stream)
        return status == Z_STREAM_END ? (ByteBuffer(bytes: output[..<produced]), consumed) : nil
    }
}
