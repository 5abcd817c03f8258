import CBrotli
package import NIOCore

/// Brotli (RFC 7932) through libbrotlienc. The same input in the same pieces gives the same bytes.
///
/// Not to be shared between threads.
@safe package final class BrotliEncoder: ContentEncoder {
    package static let defaultLevel = 5
    package static let levels = 0...11

    package let coding = ContentCoding.brotli
    /// Valid until `deinit`.
    private let state: OpaquePointer
    private var isFinished = false

    /// - Parameters:
    ///   - level: brotli's quality, from 0, fast, to 11, small.
    ///   - expectedLength: of the whole input, in bytes, where it is known: the window, which is the greater part of the
    ///     memory a body takes, is no larger. More than expected is coded right, only less tightly.
    package convenience init(level: Int = defaultLevel, expectedLength: Int? = nil) {
        let window = WindowSize.bits(upTo: WindowSize.streaming, expectedLength: expectedLength)
        self.init(level: level, windowBits: window, expectedLength: expectedLength)
    }

    private init(level: Int, windowBits: Int, expectedLength: Int?) {
        precondition(Self.levels.contains(level), "Cannot compress at level \(level)")
        guard let state = unsafe BrotliEncoderCreateInstance(nil, nil, nil) else {
            preconditionFailure("Cannot make a brotli state: out of memory")
        }
        unsafe self.state = state
        set(BROTLI_PARAM_QUALITY, UInt32(level))
        set(BROTLI_PARAM_LGWIN, UInt32(windowBits))
        if let expectedLength { set(BROTLI_PARAM_SIZE_HINT, UInt32(clamping: expectedLength)) }
    }

    deinit {
        // Made in `init` and ended nowhere else.
        unsafe BrotliEncoderDestroyInstance(state)
    }

    package func encode(_ chunk: ByteBuffer) -> ByteBuffer {
        precondition(!isFinished, "Cannot encode after the end")
        var output = ByteBuffer()
        guard chunk.readableBytes > 0 else { return output }
        compress(chunk, BROTLI_OPERATION_PROCESS, into: &output)
        return output
    }

    package func flush() -> ByteBuffer {
        precondition(!isFinished, "Cannot flush after the end")
        var output = ByteBuffer()
        compress(ByteBuffer(), BROTLI_OPERATION_FLUSH, into: &output)
        return output
    }

    package func finish() -> ByteBuffer {
        precondition(!isFinished, "Cannot finish twice")
        isFinished = true
        var output = ByteBuffer()
        compress(ByteBuffer(), BROTLI_OPERATION_FINISH, into: &output)
        return output
    }

    package static func compress(_ whole: ByteBuffer, level: Int = defaultLevel) -> ByteBuffer {
        let length = whole.readableBytes
        let window = WindowSize.bits(upTo: WindowSize.whole, expectedLength: length)
        let encoder = BrotliEncoder(level: level, windowBits: window, expectedLength: length)
        encoder.isFinished = true
        var output = ByteBuffer()
        encoder.compress(whole, BROTLI_OPERATION_FINISH, into: &output)
        return output
    }

    private func set(_ parameter: BrotliEncoderParameter, _ value: UInt32) {
        let isSet = unsafe BrotliEncoderSetParameter(state, parameter, value)
        precondition(isSet != 0, "Cannot set brotli's parameter \(parameter.rawValue) to \(value)")
    }

    /// Runs brotli until it has taken all of `input` and given all that `operation` asks for.
    private func compress(_ input: ByteBuffer, _ operation: BrotliEncoderOperation, into output: inout ByteBuffer) {
        let state = unsafe state
        // `bytes` outlives the closure's calls to brotli, which keeps neither pointer.
        unsafe input.withUnsafeReadableBytes { bytes in
            var next = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var left = bytes.count
            repeat {
                let space = max(512, output.writableBytes)
                unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: space) { target in
                    var end = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    var room = target.count
                    let isDone = unsafe BrotliEncoderCompressStream(state, operation, &left, &next, &room, &end, nil)
                    precondition(isDone != 0, "Cannot compress: brotli's state is broken")
                    return target.count - room
                }
            } while unsafe left > 0 || BrotliEncoderHasMoreOutput(state) != 0
        }
    }
}
