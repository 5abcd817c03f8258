import COpenSSL

/// A public key that tokens are verified with: of RSA with at least 2,048 bits, or on the curve P-256 (RFC 7518 §3.3, §3.4).
@safe package final class PublicKey: Sendable {
    package let algorithm: TokenAlgorithm
    private let pem: String
    /// libcrypto's; read by several threads at once, which it allows, and changed by none.
    private nonisolated(unsafe) let key: OpaquePointer

    /// - Parameter pem: a `PUBLIC KEY` (RFC 7468 §13); nil for anything else and for other kinds of keys.
    package init?(pem: String) {
        var pem = pem
        let key: OpaquePointer? = pem.withUTF8 { text in
            // Copied by libcrypto; a longer text is no key.
            guard text.count <= 1 << 16 else { return nil }
            return unsafe weir_public_key(text.baseAddress, Int32(text.count))
        }
        guard let key = unsafe key else { return nil }
        unsafe self.key = key
        self.pem = pem
        algorithm = unsafe weir_key_is_rsa(key) == 1 ? .rs256 : .es256
    }

    deinit { unsafe EVP_PKEY_free(key) }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                // Both are read during the call only.
                switch algorithm {
                case .es256:
                    unsafe weir_verify_es256(
                        key,
                        signature.baseAddress,
                        signature.count,
                        message.baseAddress,
                        message.count
                    ) == 1
                case .rs256, .hs256:
                    unsafe weir_verify(
                        key,
                        signature.baseAddress,
                        signature.count,
                        message.baseAddress,
                        message.count
                    ) == 1
                }
            }
        }
    }
}

extension PublicKey: Equatable {
    package static func == (left: PublicKey, right: PublicKey) -> Bool { left.pem == right.pem }
}
