import NIOCore

/// What has been sent of a request's body, so that it can be sent again.
struct RequestReplay {
    private let limit: Int
    private var pieces: [ByteBuffer] = []
    private var byteCount = 0
    private(set) var isEnded: Bool
    /// Everything sent so far is at hand.
    private(set) var isWhole = true
    let isStreamed: Bool

    /// - Parameter limit: bytes of a streamed body to keep; a body that was whole from the start is at hand anyway.
    init(_ body: UpstreamRequest.Body, limit: Int) {
        self.limit = limit
        if case .streamed = body { isStreamed = true } else { isStreamed = false }
        isEnded = !isStreamed
    }

    /// - Parameter isHeld: nothing else has the piece, so that it is kept whatever the limit; who sends has been told to
    ///   stop.
    mutating func append(_ piece: ByteBuffer, isHeld: Bool) {
        guard isWhole else { return }
        guard isHeld || byteCount + piece.readableBytes <= limit else { return drop() }
        pieces.append(piece)
        byteCount += piece.readableBytes
    }

    var heldBytes: Int { pieces.isEmpty ? 0 : byteCount }

    mutating func end() { isEnded = true }

    /// Nothing is going to be sent again.
    mutating func drop() {
        pieces = []
        isWhole = !isStreamed
    }

    /// Sends what there is, on a call that has just begun.
    func play(on call: any UpstreamCall) {
        guard isStreamed else { return }
        for piece in pieces { call.send(body: piece) }
        if isEnded { call.sendEnd() }
    }
}
