import NIOSSL

/// Why a TLS connection did not come about.
package struct TLSFailure: Error {
    /// For people, without the peer's bytes.
    package let reason: String

    init(reason: String) { self.reason = reason }

    init(_ error: any Error) {
        reason =
            switch error {
            case NIOSSLError.handshakeFailed(.sslError(let stack)) where stack == [.eofDuringHandshake]:
                "the connection ended within the handshake"
            case NIOSSLError.handshakeFailed(.sslError(let stack)):
                stack.first.map { Self.name(of: $0) } ?? "the handshake failed"
            default: "the connection broke off within the handshake"
            }
    }

    /// BoringSSL's own word for it, out of `… OPENSSL_internal:WRONG_VERSION_NUMBER at FILE:LINE`.
    private static func name(of error: BoringSSLInternalError) -> String {
        let text = error.description
        guard let place = text.firstRange(of: "OPENSSL_internal:") else { return "the handshake failed" }
        let word = text[place.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return "the handshake failed: \(word.lowercased().replacing("_", with: " "))"
    }
}
