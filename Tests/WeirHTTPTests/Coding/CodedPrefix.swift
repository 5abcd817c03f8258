import CBrotliDecoder
import CZstd
import NIOCore
import WeirHTTP

/// What the libraries' own decoders make of coded bytes: everything that can be told from them so far.
struct CodedPrefix: Equatable {
    var body: ByteBuffer
    /// The coding has ended, with the last byte.
    var isWhole: Bool

    init(_ coded: ByteBuffer, _ coding: ContentCoding, maximum: Int) {
        switch coding {
        case .brotli: self = Self.brotli(Array(coded.readableBytesView), maximum)
        case .zstd: self = Self.zstd(Array(coded.readableBytesView), maximum)
        case .identity, .gzip: preconditionFailure("Cannot decode what is not brotli or zstd")
        }
    }

    private init(body: ByteBuffer, isWhole: Bool) {
        self.body = body
        self.isWhole = isWhole
    }

    private static func brotli(_ coded: [UInt8], _ maximum: Int) -> CodedPrefix {
        let state = unsafe BrotliDecoderCreateInstance(nil, nil, nil)
        defer { unsafe BrotliDecoderDestroyInstance(state) }
        var output = [UInt8](repeating: 0, count: maximum + 1)
        // Both arrays outlive the one call that uses them.
        let (count, isWhole) = unsafe coded.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                var next = input.baseAddress
                var end = output.baseAddress
                var left = input.count
                var room = output.count
                let result = unsafe BrotliDecoderDecompressStream(state, &left, &next, &room, &end, nil)
                return (output.count - room, result == BROTLI_DECODER_RESULT_SUCCESS && left == 0)
            }
        }
        return CodedPrefix(body: ByteBuffer(bytes: output[..<count]), isWhole: isWhole)
    }

    private static func zstd(_ coded: [UInt8], _ maximum: Int) -> CodedPrefix {
        let stream = unsafe ZSTD_createDStream()
        defer { unsafe ZSTD_freeDStream(stream) }
        var output = [UInt8](repeating: 0, count: maximum + 1)
        // Both arrays outlive the one call that uses them.
        let (count, isWhole) = unsafe coded.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBytes { output in
                var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
                var sink = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                var left = 1
                while unsafe source.pos < source.size, left != 0 {
                    left = unsafe ZSTD_decompressStream(stream, &sink, &source)
                    precondition(ZSTD_isError(left) == 0, "Cannot decode what was coded")
                }
                return unsafe (sink.pos, left == 0 && source.pos == source.size)
            }
        }
        return CodedPrefix(body: ByteBuffer(bytes: output[..<count]), isWhole: isWhole)
    }
}
