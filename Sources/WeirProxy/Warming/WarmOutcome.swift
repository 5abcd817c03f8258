import WeirLedger

/// What has become of one line of a warming list.
struct WarmOutcome: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// It was there already, or came with an identical request under way.
        case hit
        /// It was fetched, or found to be as it was, and is stored.
        case stored
        /// It was answered, and is not stored; why, in the words of `Cache-Status`.
        case passed(String)
        /// There is no good answer: its status, and the error's code where it has one.
        case failed(String)
    }

    var kind: Kind
    /// What was paid for it; nil where nobody knows.
    var cost: Money?
    var saved: Money?
    /// An AI answer of a model without a price.
    var isUnpriced = false
}
