import COpenSSL
import NIOCore

/// AES-256-GCM over a part of a buffer, with a key for each value (see ``SealKey``).
///
///     key identifier   salt        tag         what is sealed …
///     4 bytes          32 bytes    16 bytes
struct Seal {
    /// Bytes before what is sealed.
    static let size = 4 + 32 + tagSize
    private static let tagSize = 16

    private let key: SealKey
    private let identifier: UInt32

    init(_ key: SealKey) {
        self.key = key
        identifier = key.identifier
    }

    /// Seals what stands in `buffer` behind room for the seal, where it is.
    /// - Parameters:
    ///   - start: where the seal goes: an index that ``size`` bytes lie behind.
    ///   - data: what it only opens with again.
    func close(_ buffer: inout ByteBuffer, at start: Int, data: ByteBuffer) {
        var random = SystemRandomNumberGenerator()
        let salt = SIMD4<UInt64>(random.next(), random.next(), random.next(), random.next())
        let derived = key.derived(for: salt)
        var tag = SIMD16<UInt8>()
        let offset = start - buffer.readerIndex + Self.size
        unsafe buffer.withUnsafeMutableReadableBytes { bytes in
            // The slice is bounded by the buffer, and is written where it is read.
            let sealed = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
            let isSealed = unsafe Self.run(sealing: true, derived, data, UnsafeRawBufferPointer(sealed), sealed, &tag)
            guard isSealed else { preconditionFailure("Cannot seal without memory") }
        }
        var index = start
        index += buffer.setInteger(identifier, at: index)
        for word in 0..<4 { index += buffer.setInteger(salt[word], at: index) }
        for byte in 0..<Self.tagSize { index += buffer.setInteger(tag[byte], at: index) }
    }

    /// - Parameter buffer: from the seal on.
    /// - Returns: what was sealed, in a buffer of its own.
    func open(_ buffer: ByteBuffer, data: ByteBuffer) throws(CodingFault) -> ByteBuffer {
        var sealed = buffer
        guard sealed.readableBytes >= Self.size, let identifier: UInt32 = sealed.readInteger() else { throw .damaged }
        guard identifier == self.identifier else { throw .sealed }
        var salt = SIMD4<UInt64>()
        for word in 0..<4 { salt[word] = sealed.readInteger() ?? 0 }
        var tag = SIMD16<UInt8>()
        for byte in 0..<Self.tagSize { tag[byte] = sealed.readInteger() ?? 0 }
        let derived = key.derived(for: salt)
        let count = sealed.readableBytes
        var opened = ByteBuffer()
        opened.reserveCapacity(count)
        var isOpen = false
        unsafe opened.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { output in
            unsafe sealed.withUnsafeReadableBytes { input in
                // Writes as many bytes as it reads; there is room for them.
                isOpen = unsafe Self.run(sealing: false, derived, data, input, output, &tag)
            }
            return count
        }
        guard isOpen else { throw .damaged }
        return opened
    }

    @unsafe private static func run(
        sealing: Bool,
        _ key: SIMD4<UInt64>,
        _ data: ByteBuffer,
        _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        _ tag: inout SIMD16<UInt8>
    ) -> Bool {
        let nonce: (UInt64, UInt32) = (0, 0)
        return unsafe withUnsafeBytes(of: key) { key in
            unsafe withUnsafeBytes(of: nonce) { nonce in
                unsafe withUnsafeMutableBytes(of: &tag) { tag in
                    unsafe data.withUnsafeReadableBytes { data in
                        // 32, 12 and 16 bytes, the sizes of these values; `output` has room for the input.
                        unsafe weir_aes_gcm(
                            sealing ? 1 : 0,
                            key.assumingMemoryBound(to: UInt8.self).baseAddress,
                            nonce.assumingMemoryBound(to: UInt8.self).baseAddress,
                            data.baseAddress,
                            data.count,
                            input.baseAddress,
                            output.baseAddress,
                            input.count,
                            tag.assumingMemoryBound(to: UInt8.self).baseAddress
                        ) == 1
                    }
                }
            }
        }
    }
}
