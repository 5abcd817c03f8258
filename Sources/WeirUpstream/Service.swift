/// The part of an upstream's API that a call is for; each has a breaker of its own.
package enum Service: String, Sendable, CaseIterable, Hashable {
    case chat, embeddings, moderations
    case fineTuning = "fine_tuning"
    case other
}
