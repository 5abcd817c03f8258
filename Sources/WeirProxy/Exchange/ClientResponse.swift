import NIOCore

/// The response as far as it has gone to the client.
struct ClientResponse {
    var hasStarted = false
    var status: UInt16 = 0
    var framing = ClientFraming.noBody(length: nil)
    var transform = BodyTransform.none
    /// Decided with the head, which tells the client.
    var keepsAlive = true
    /// Whatever the client would like, nothing comes behind this response.
    var mustClose = false
    /// Of the body, as sent.
    var bytes: UInt64 = 0
    /// The head, until something goes out with it: head and first piece in one write.
    var pendingHead: ByteBuffer?

    /// Takes a response back of which nothing has gone out, so that another can be sent instead of it.
    /// - Returns: false where the client has some of it already.
    mutating func withdraw() -> Bool {
        guard hasStarted, pendingHead != nil else { return !hasStarted }
        self = ClientResponse()
        return true
    }

    /// Whether the client has all that it waits for, told by its length, although its source has yet to say that this
    /// was the end.
    var isComplete: Bool {
        guard hasStarted, pendingHead == nil else { return false }
        return switch framing {
        case .noBody: true
        case .length(let length): bytes == length
        case .chunked, .untilClose: false
        }
    }
}
