import NIOCore
import WeirHTTP

/// A stored response in its shard's slab.
struct StoreEntry {
    var response: StoredResponse
    /// From when on it is the first to go; kept here because the slab is at hand and the response is not.
    var uselessAt: NIODeadline
    /// The next variant under the same key, an older one.
    var older: EntryHandle

    init(_ response: StoredResponse) {
        self.response = response
        uselessAt = response.uselessAt
        older = .none
    }

    /// Whether it may go although there is room. Who takes anything (`max-stale`, RFC 9111 §5.2.1.2) still gets what is
    /// useless for anybody else, for a while.
    func isDead(at now: NIODeadline) -> Bool {
        uselessAt <= now && (!response.freshness.permitsStale || uselessAt + Self.grace <= now)
    }

    private static var grace: TimeAmount { .minutes(5) }
}
