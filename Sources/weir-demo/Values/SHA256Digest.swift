import COpenSSL

/// SHA-256 over bytes that come in pieces.
///
/// Safe because it alone owns its context, from `init` to `deinit`.
@safe struct SHA256Digest: ~Copyable {
    private let context: OpaquePointer

    init() {
        unsafe context = EVP_MD_CTX_new()
        unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    mutating func update(_ bytes: Span<UInt8>) {
        // The pointer is used only inside the closure, and libcrypto reads `count` bytes from it.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            _ = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        }
    }

    /// The 32 bytes of the digest.
    consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        unsafe EVP_DigestFinal_ex(context, &digest, nil)
        return digest
    }

    static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var digest = SHA256Digest()
        let bytes = Array(bytes)
        digest.update(bytes.span)
        return digest.finish()
    }

    static func hex(of bytes: some Sequence<UInt8>) -> String { hex(digest(of: bytes)) }

    static func hex(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
