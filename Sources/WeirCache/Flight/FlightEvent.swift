package import NIOCore
package import WeirHTTP

/// What a reader of a flight gets, in order: `head`, `chunk`s, `end`; or `answer`, `released` or `failed`.
package enum FlightEvent: Sendable {
    case head(ResponseHead, FlightTerms)
    case chunk(ByteBuffer)
    /// - note: what its fetcher has to say of the whole of it.
    case end(trailers: FieldSection, note: ByteBuffer)
    /// The answer is a stored response: revalidated, or stale because the upstream failed.
    case answer(StoredResponse, StoredAnswerReason)
    /// The response cannot be shared: go on alone. Never given to the leader, never after `head`.
    case released
    /// Nothing (before `head`) or nothing more (after it) will come.
    case failed(any Error)
}

/// Why a flight ended with a stored response.
package enum StoredAnswerReason: Sendable, Equatable {
    /// It had been stored by the time the flight began.
    case storedMeanwhile
    /// Another sidecar had stored it.
    case secondTier
    /// The upstream answered 304.
    case revalidated
    /// The upstream failed or answered 5xx; the stale response may stand in.
    case staleOnError(status: UInt16?)
    /// It is a part of what the upstream has answered, which was asked for several things at once.
    /// - isFirst: who asked for it there pays for it; the others have come after him.
    /// - refusal: why it is not stored, as a token for `Cache-Status`; nil where that is not the upstream's doing.
    case fetched(isFirst: Bool, isStored: Bool, refusal: String?)
}
