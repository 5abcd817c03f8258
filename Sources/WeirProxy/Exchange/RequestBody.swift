import NIOCore

/// How much of a request's body has come, and what becomes of it.
struct RequestBody {
    /// Bytes that the route takes; nil: any number.
    var limit: Int?
    /// Read whole before anything else happens; otherwise streamed upstream.
    var isCollected = false
    private(set) var collected = ByteBuffer()
    var receivedCount = 0
    var isWhole = false
    /// `100 Continue` has been sent.
    var isInvited = false
    /// Whether whoever takes it can take more now.
    var isWanted = true

    mutating func collect(_ bytes: ByteBuffer) {
        var bytes = bytes
        if collected.readableBytes == 0 { collected = bytes } else { collected.writeBuffer(&bytes) }
    }
}
