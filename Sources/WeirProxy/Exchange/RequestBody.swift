import NIOCore
import WeirCache

/// How much of a request's body has come, and what becomes of it.
struct RequestBody {
    /// Bytes that the route takes; nil: any number.
    var limit: Int?
    /// Bytes up to which it is read whole; a longer one streams past the cache.
    var collectedLimit = 0
    /// Read whole before anything else happens; otherwise streamed upstream.
    private(set) var isCollected = false
    private(set) var collected = ByteBuffer()
    /// What of it is held whole is counted there.
    private(set) var account: BufferAccount?
    var receivedCount = 0
    var isWhole = false
    /// `100 Continue` has been sent.
    var isInvited = false
    /// Whether whoever takes it can take more now.
    var isWanted = true

    /// From now on it is read whole.
    mutating func beginCollecting(countedBy budget: BufferBudget) {
        isCollected = true
        account = BufferAccount(budget)
    }

    /// From now on it streams: it is too long to be read whole.
    mutating func endCollecting() {
        isCollected = false
        account = nil
    }

    /// What has come of it before it streamed.
    mutating func takeCollected() -> ByteBuffer {
        defer { collected = ByteBuffer() }
        return collected
    }

    /// Another body goes on in its place.
    mutating func replaceCollected(by bytes: ByteBuffer) {
        collected = bytes
        account?.set(bytes.readableBytes)
    }

    /// - Returns: whether there is memory for it.
    mutating func collect(_ bytes: ByteBuffer) -> Bool {
        var bytes = bytes
        if collected.readableBytes == 0 { collected = bytes } else { collected.writeBuffer(&bytes) }
        return account?.set(collected.readableBytes) ?? true
    }
}
