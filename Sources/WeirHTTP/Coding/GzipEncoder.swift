import CZlib
package import NIOCore

/// gzip (RFC 1952) through zlib. The same input in the same pieces gives the same bytes: the header holds no time.
///
/// Not to be shared between threads.
@safe package final class GzipEncoder: ContentEncoder {
    package static let defaultLevel = 6
    package static let levels = 1...9

    package let coding = ContentCoding.gzip
    /// On the heap, because zlib's state points back at it. It is valid until `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isFinished = false

    /// - Parameters:
    ///   - level: from 1, fast, to 9, small.
    ///   - expectedLength: of the whole input, in bytes, where it is known: zlib takes up to 256 KiB a body, much less
    ///     for a short one. More than expected is coded right, only less tightly.
    package init(level: Int = defaultLevel, expectedLength: Int? = nil) {
        precondition(Self.levels.contains(level), "Cannot compress at level \(level)")
        let size = DeflateSize(expectedLength: expectedLength)
        // Initialised at once; zlib reads only the allocator's fields, which are nil for the default.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe weir_deflateInit2(
            stream,
            Int32(level),
            Z_DEFLATED,
            size.windowBits + DeflateSize.gzipWrapper,
            size.memoryLevel,
            Z_DEFAULT_STRATEGY
        )
        precondition(status == Z_OK, "Cannot make a deflate state: zlib says \(status)")
    }

    deinit {
        // Made in `init` and ended nowhere else.
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    package func encode(_ chunk: ByteBuffer) -> ByteBuffer {
        precondition(!isFinished, "Cannot encode after the end")
        var output = ByteBuffer()
        guard chunk.readableBytes > 0 else { return output }
        deflate(chunk, Z_NO_FLUSH, into: &output)
        return output
    }

    package func flush() -> ByteBuffer {
        precondition(!isFinished, "Cannot flush after the end")
        var output = ByteBuffer()
        deflate(ByteBuffer(), Z_SYNC_FLUSH, into: &output)
        return output
    }

    package func finish() -> ByteBuffer {
        precondition(!isFinished, "Cannot finish twice")
        isFinished = true
        var output = ByteBuffer()
        deflate(ByteBuffer(), Z_FINISH, into: &output)
        return output
    }

    package static func compress(_ whole: ByteBuffer, level: Int = defaultLevel) -> ByteBuffer {
        let encoder = GzipEncoder(level: level, expectedLength: whole.readableBytes)
        encoder.isFinished = true
        var output = ByteBuffer()
        output.reserveCapacity(min(whole.readableBytes / 2 + 64, 1 << 20))
        encoder.deflate(whole, Z_FINISH, into: &output)
        return output
    }

    /// Runs zlib until it has taken all of `input` and given all that `flush` asks for.
    private func deflate(_ input: ByteBuffer, _ flush: Int32, into output: inout ByteBuffer) {
        let stream = unsafe stream
        // `bytes` outlives the closure's calls to zlib, which does not write through `next_in` and keeps neither
        // pointer: what is left of them is overwritten before the next call.
        unsafe input.withUnsafeReadableBytes { bytes in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            var isOutputFull = true
            while isOutputFull {
                let space = max(512, output.writableBytes)
                unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: space) { target in
                    unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.pointee.avail_out = UInt32(target.count)
                    let status = unsafe CZlib.deflate(stream, flush)
                    precondition(status != Z_STREAM_ERROR, "Cannot deflate: zlib's state is broken")
                    isOutputFull = unsafe stream.pointee.avail_out == 0
                    return unsafe target.count - Int(stream.pointee.avail_out)
                }
            }
        }
    }
}
