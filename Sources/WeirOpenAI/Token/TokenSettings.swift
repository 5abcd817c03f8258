package import NIOCore

/// `jwt:` of a route: whose tokens are taken, and what for.
package struct TokenSettings: Sendable, Equatable {
    /// The field that holds the token, with or without `Bearer` before it.
    package var header: String
    /// Any of them will do, so that keys can be changed while tokens of both are about. None: somebody in front has verified
    /// the token, and its signature is not looked at.
    package var keys: [TokenKey]
    /// What `iss` must be; anything where nil.
    package var issuer: String?
    /// What `aud` must be or hold; anything where nil.
    package var audience: String?
    /// How far the clocks of who signs and who verifies may be apart.
    package var leeway: TimeAmount
    /// Whether who has no token is refused.
    package var isRequired: Bool
    /// Whether the field goes on to the upstream.
    package var isForwarded: Bool

    package init(
        header: String = "Authorization",
        keys: [TokenKey] = [],
        issuer: String? = nil,
        audience: String? = nil,
        leeway: TimeAmount = .minutes(1),
        isRequired: Bool = true,
        isForwarded: Bool = false
    ) {
        self.header = header
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.leeway = leeway
        self.isRequired = isRequired
        self.isForwarded = isForwarded
    }
}
