/// Where a persona dimension, a user or a context is found in a request; the first that is there wins: the claim, which a
/// route's token vouches for, before the header before the body.
package struct ValueSource: Sendable, Equatable {
    /// Reference tokens that lead to a claim of the token (``TokenClaims``), on routes that read one.
    package var claim: [String]?
    /// A field name, in any case.
    package var header: String?
    /// A JSON pointer (RFC 6901) into the request's body: its unescaped reference tokens.
    package var body: [String]?

    package init(claim: [String]? = nil, header: String? = nil, body: [String]? = nil) {
        self.claim = claim
        self.header = header
        self.body = body
    }
}
