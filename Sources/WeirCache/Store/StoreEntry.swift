import NIOCore

/// A stored response in its shard's slab.
struct StoreEntry {
    var response: StoredResponse
    /// From when on it is dead; kept here because the slab is at hand and the response is not.
    var uselessAt: NIODeadline
    /// The next variant under the same key, an older one.
    var older: EntryHandle
    var tagLinks: TagIndex.Links

    init(_ response: StoredResponse) {
        self.response = response
        uselessAt = response.uselessAt
        older = .none
        tagLinks = .none
    }
}
