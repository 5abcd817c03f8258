/// What a call is expected to use, and in whose name.
package struct AllowanceClaim: Sendable {
    /// Whose allowances it takes from.
    package enum Payer: Sendable {
        /// The user's, the credential's and the route's.
        case client
        /// The route's budget alone: nobody has asked for the call.
        case route
    }

    package var payer: Payer
    package var user: String?
    /// A hash of the credential it is made with.
    package var credential: UInt64?
    /// Input and output.
    package var tokens: Int
    /// nil where the model has no price.
    package var cost: Money?

    package init(
        payer: Payer = .client,
        user: String? = nil,
        credential: UInt64? = nil,
        tokens: Int,
        cost: Money?
    ) {
        self.payer = payer
        self.user = user
        self.credential = credential
        self.tokens = tokens
        self.cost = cost
    }
}
