/// How tokens may be signed (RFC 7518 §3.1). A key says which one is its own; the token's header only has to agree.
package enum TokenAlgorithm: String, Sendable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
}
