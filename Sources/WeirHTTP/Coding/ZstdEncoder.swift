import CZstd
package import NIOCore

/// Zstandard (RFC 8878) through libzstd, in one frame. The same input in the same pieces gives the same bytes.
///
/// Not to be shared between threads.
@safe package final class ZstdEncoder: ContentEncoder {
    package static let defaultLevel = 3
    package static let levels = 1...19

    package let coding = ContentCoding.zstd
    /// Valid until `deinit`.
    private let context: OpaquePointer
    private var isFinished = false

    /// - Parameters:
    ///   - level: from 1, fast, to 19, small.
    ///   - expectedLength: of the whole input, in bytes, where it is known: the window, which is the greater part of the
    ///     memory a body takes, is no larger. More than expected is coded right, only less tightly.
    package convenience init(level: Int = defaultLevel, expectedLength: Int? = nil) {
        let window = WindowSize.bits(upTo: WindowSize.streaming, expectedLength: expectedLength)
        self.init(level: level, windowBits: window)
    }

    private init(level: Int, windowBits: Int) {
        precondition(Self.levels.contains(level), "Cannot compress at level \(level)")
        guard let context = unsafe ZSTD_createCCtx() else {
            preconditionFailure("Cannot make a zstd context: out of memory")
        }
        unsafe self.context = context
        set(ZSTD_c_compressionLevel, level)
        set(ZSTD_c_windowLog, windowBits)
    }

    deinit {
        // Made in `init` and ended nowhere else.
        unsafe ZSTD_freeCCtx(context)
    }

    package func encode(_ chunk: ByteBuffer) -> ByteBuffer {
        precondition(!isFinished, "Cannot encode after the end")
        var output = ByteBuffer()
        guard chunk.readableBytes > 0 else { return output }
        compress(chunk, ZSTD_e_continue, into: &output)
        return output
    }

    package func flush() -> ByteBuffer {
        precondition(!isFinished, "Cannot flush after the end")
        var output = ByteBuffer()
        compress(ByteBuffer(), ZSTD_e_flush, into: &output)
        return output
    }

    package func finish() -> ByteBuffer {
        precondition(!isFinished, "Cannot finish twice")
        isFinished = true
        var output = ByteBuffer()
        compress(ByteBuffer(), ZSTD_e_end, into: &output)
        return output
    }

    package static func compress(_ whole: ByteBuffer, level: Int = defaultLevel) -> ByteBuffer {
        let window = WindowSize.bits(upTo: WindowSize.whole, expectedLength: whole.readableBytes)
        let encoder = ZstdEncoder(level: level, windowBits: window)
        encoder.isFinished = true
        var output = ByteBuffer()
        encoder.compress(whole, ZSTD_e_end, into: &output)
        return output
    }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int) {
        let result = unsafe ZSTD_CCtx_setParameter(context, parameter, Int32(value))
        precondition(ZSTD_isError(result) == 0, "Cannot set zstd's parameter \(parameter.rawValue) to \(value)")
    }

    /// Runs zstd until it has taken all of `input` and given all that `operation` asks for.
    private func compress(_ input: ByteBuffer, _ operation: ZSTD_EndDirective, into output: inout ByteBuffer) {
        let context = unsafe context
        // `bytes` outlives the closure's calls to zstd, which keeps neither pointer.
        unsafe input.withUnsafeReadableBytes { bytes in
            var source = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var isDone = false
            while !isDone {
                let space = max(512, output.writableBytes)
                unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: space) { target in
                    var sink = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let left = unsafe ZSTD_compressStream2(context, &sink, &source, operation)
                    precondition(ZSTD_isError(left) == 0, "Cannot compress: zstd's context is broken")
                    // Behind a flush and at the end 0 says that nothing is left inside.
                    isDone = unsafe operation == ZSTD_e_continue ? source.pos == source.size : left == 0
                    return unsafe sink.pos
                }
            }
        }
    }
}
