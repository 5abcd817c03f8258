import NIOSSL

/// How the handshake of a TLS connection ended.
package enum HandshakeOutcome: String, Sendable, CaseIterable {
    case completed
    /// The client sent plain HTTP.
    case plain
    /// The client showed no certificate where one is required, or one that no authority vouches for.
    case certificate
    /// It took longer than `limits.tls_handshake`.
    case timeout
    /// The client left before the end.
    case left
    /// No version or cipher in common, an alert, or bytes that are not TLS.
    case failed

    init(_ error: any Error) {
        self =
            switch error {
            case is PlainHTTPError: .plain
            case NIOSSLError.handshakeFailed(.sslError(let stack)): Self.outcome(of: stack)
            default: .failed
            }
    }

    private static func outcome(of stack: NIOBoringSSLErrorStack) -> HandshakeOutcome {
        if stack == [.eofDuringHandshake] { return .left }
        // BoringSSL's names for its reasons; it gives no others to tell them by.
        let isCertificate = stack.contains { error in
            error.description.contains("CERTIFICATE_VERIFY_FAILED")
                || error.description.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
        }
        return isCertificate ? .certificate : .failed
    }
}
