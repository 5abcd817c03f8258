/// What a call is expected to use, and in whose name.
package struct AllowanceClaim: Sendable {
    package var user: String?
    /// A hash of the credential it is made with.
    package var credential: UInt64?
    /// Input and output.
    package var tokens: Int
    /// nil where the model has no price.
    package var cost: Money?

    package init(user: String? = nil, credential: UInt64? = nil, tokens: Int, cost: Money?) {
        self.user = user
        self.credential = credential
        self.tokens = tokens
        self.cost = cost
    }
}
