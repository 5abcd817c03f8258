import NIOCore

/// What becomes of a call that has waited.
enum PaceWord: Sendable, Equatable {
    case go(PacePass)
    /// It cannot go in time; there would have been room for it so much later.
    case refused(after: TimeAmount)
}

/// One call's place in the queue of a ``PaceTable``: stands for the call on other threads than its own. Hears one word,
/// unless it has been taken back in time.
final class PaceTicket: Sendable {
    let tokens: Int
    private let hear: @Sendable (PaceWord) -> Void

    /// - Parameter hear: is called on any thread, without a lock.
    init(tokens: Int, hear: @escaping @Sendable (PaceWord) -> Void) {
        self.tokens = tokens
        self.hear = hear
    }

    func tell(_ word: PaceWord) { hear(word) }
}
