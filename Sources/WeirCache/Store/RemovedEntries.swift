/// What has left a shard. It is filled under the shard's lock and let go after it, so that no body is freed while
/// others wait.
struct RemovedEntries: Sendable {
    private(set) var responses: [StoredResponse] = []
    /// What the budget gets back.
    private(set) var bytes = 0

    var count: Int { responses.count }

    mutating func add(_ response: StoredResponse, size: Int) {
        responses.append(response)
        bytes += size
    }
}
