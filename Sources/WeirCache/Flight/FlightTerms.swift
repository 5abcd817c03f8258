package import WeirHTTP

/// What a flight's readers are told along with the head.
package struct FlightTerms: Sendable, Equatable {
    /// Which requests the response answers; a reader that it does not match goes on alone.
    package var selection: VarySelection
    /// The lifetime in seconds with which it is being stored; nil where it is not.
    package var storedLifetime: Int64?
    /// Why it is not stored, as a token for `Cache-Status`.
    package var refusal: String?

    package init(selection: VarySelection = .none, storedLifetime: Int64? = nil, refusal: String? = nil) {
        self.selection = selection
        self.storedLifetime = storedLifetime
        self.refusal = refusal
    }
}
