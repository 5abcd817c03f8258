/// What a call takes of a provider's limits. One that does not say is not paced.
package struct PaceLoad: Sendable, Equatable {
    /// What the limits are kept for besides service and credential: the model. Only a hash of it is kept.
    package var label: String
    /// Roughly, and rather too few than too many.
    package var tokens: Int

    package init(label: String, tokens: Int) {
        self.label = label
        self.tokens = tokens
    }
}
