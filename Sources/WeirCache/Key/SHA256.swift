import COpenSSL

/// SHA-256 under way, by libcrypto's own context within this value: unlike an `EVP_MD_CTX` it costs no allocation,
/// and a short input takes half the time.
struct SHA256 {
    private var context = SHA256_CTX()

    init() {
        // Fills the context; it cannot fail.
        unsafe SHA256_Init(&context)
    }

    @unsafe mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // libcrypto reads the bytes during the call only.
        unsafe SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    /// The digest; nothing can be added after it.
    mutating func finish() -> CacheKey {
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &digest) { bytes in
            // Writes 32 bytes: the size of the tuple.
            _ = unsafe SHA256_Final(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, &context)
        }
        return CacheKey(
            UInt64(bigEndian: digest.0),
            UInt64(bigEndian: digest.1),
            UInt64(bigEndian: digest.2),
            UInt64(bigEndian: digest.3)
        )
    }
}
