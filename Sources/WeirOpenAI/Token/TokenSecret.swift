import COpenSSL

/// What sender and reader of tokens share: never shown in a description, a mirror or a log.
package struct TokenSecret: Sendable, Equatable {
    /// The least that RFC 7518 §3.2 allows, in bytes.
    package static let minimumSize = 32

    private let bytes: [UInt8]

    /// - Returns: nil for less than ``minimumSize`` bytes.
    package init?(_ text: String) {
        guard text.utf8.count >= Self.minimumSize else { return nil }
        bytes = Array(text.utf8)
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        var code = SIMD4<UInt64>()
        guard signature.count == MemoryLayout.size(ofValue: code) else { return false }
        return unsafe withUnsafeMutableBytes(of: &code) { code in
            unsafe bytes.withUnsafeBytes { key in
                unsafe message.withUnsafeBufferPointer { message in
                    // Reads as many bytes as there are and writes 32; it fails for lack of memory alone.
                    let result = unsafe HMAC(
                        EVP_sha256(),
                        key.baseAddress,
                        Int32(key.count),
                        message.baseAddress,
                        message.count,
                        code.assumingMemoryBound(to: UInt8.self).baseAddress,
                        nil
                    )
                    guard unsafe result != nil else { return false }
                    // In a time that says nothing of where they differ.
                    return unsafe signature.withUnsafeBytes {
                        unsafe CRYPTO_memcmp($0.baseAddress, code.baseAddress, code.count) == 0
                    }
                }
            }
        }
    }
}

extension TokenSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "TokenSecret" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
