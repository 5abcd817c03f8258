/// Why a request's token is not taken. The raw value is for whoever sent it, and repeats nothing of it.
package enum TokenError: String, Error, Sendable, CaseIterable {
    case missing = "a bearer token is needed"
    case repeated = "there is more than one token"
    case malformed = "the token is no JWT"
    case algorithm = "the token is signed by another algorithm than this route takes"
    /// `crit` (RFC 7515 §4.1.11).
    case extensions = "the token needs an extension that is not known here"
    case signature = "the token's signature is not valid"
    case expired = "the token has expired"
    case early = "the token is not valid yet"
    case issuer = "the token is from another issuer"
    case audience = "the token is for somebody else"
}
