import WeirLedger
import WeirOpenAI
import WeirUpstream

/// How an upstream call has ended, as far as that says what it has used. What nobody tells is estimated, rather too high
/// than too low: who leaves in time must not have for nothing what the provider has begun.
enum CallEnd: Equatable {
    /// The upstream was not asked, or cannot have looked at it: nothing, not even a request.
    case unmade
    /// It answered with an error: no tokens.
    case refused
    /// No answer came, but it may have worked on one: the prompt, as it was estimated.
    case lost
    /// An answer came, whole or in part: what that tells. Where it tells nothing: of a stream the prompt as it was
    /// estimated and the pieces that came; of one JSON text, which is made whole before its first byte comes, all that was
    /// estimated.
    case answered(AnswerReading?, isEventStream: Bool)

    /// Of a call that came to nothing before its answer's head.
    init(_ error: UpstreamError) {
        switch error {
        case .connect, .tls, .connectTimeout, .unprocessed, .busy, .breakerOpen, .coolingDown, .paced, .draining:
            self = .unmade
        case .firstByteTimeout, .idleTimeout, .totalTimeout, .reset, .lostIdle, .malformed:
            self = .lost
        }
    }

    /// - Returns: nil where nothing was used.
    func usage(_ estimate: @autoclosure () -> RequestEstimate) -> (usage: Usage, isEstimated: Bool)? {
        switch self {
        case .unmade, .refused: nil
        case .lost: (Usage(prompt: estimate().input), true)
        case .answered(let reading, let isEventStream):
            if let usage = reading?.usage {
                (usage, false)
            } else if isEventStream {
                (Usage(prompt: estimate().input, completion: reading?.pieces ?? 0), true)
            } else {
                (estimate().usage, true)
            }
        }
    }
}
