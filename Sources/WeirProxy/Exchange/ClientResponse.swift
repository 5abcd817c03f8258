import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

/// The response as far as it has gone to the client.
struct ClientResponse {
    var hasStarted = false
    var status: UInt16 = 0
    var framing = ClientFraming.noBody(length: nil)
    /// What makes a shared AI answer this client's own, before anything else is done to it.
    var tailor: AnswerTailor?
    var transform = BodyTransform.none
    /// Taken from the source and not decoded yet: a little of it may be a lot for the client.
    var undecoded = ByteBuffer()
    /// The source has ended; the response ends behind what is not decoded yet.
    var isSourceEnded = false
    /// Decided with the head, which tells the client.
    var keepsAlive = true
    /// Whatever the client would like, nothing comes behind this response.
    var mustClose = false
    /// What it has to say of its costs.
    var costs = ToldCosts()
    /// Behind a body that is at hand already.
    var trailers: FieldSection?
    /// Counts a body that was made for this response alone.
    var account: BufferAccount?
    /// Of the body, as sent.
    var bytes: UInt64 = 0

    /// Whether what goes out may be other bytes than what came in.
    var changesBody: Bool { tailor != nil || transform.changesLength }

    /// Whether the client has all that it waits for, told by its length, although its source has yet to say that this
    /// was the end.
    var isComplete: Bool {
        guard hasStarted else { return false }
        return switch framing {
        case .noBody: true
        case .length(let length): bytes == length
        case .chunked, .untilClose: false
        }
    }
}
