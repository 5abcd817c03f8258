package import WeirCache
package import WeirLedger

/// A key that is hit often, since when it has been counted.
package struct PopularKey: Sendable {
    package let key: CacheKey
    package let route: String
    /// Without the query, which may say more than a page should show.
    package let path: String
    /// Answers without a call of their own: from the store, or with somebody else's call.
    package internal(set) var hits: UInt64
    /// So many of the hits may be another key's.
    package internal(set) var uncertain: UInt64
    /// What these would have cost, as far as there are prices.
    package internal(set) var saved = Money.zero
    package internal(set) var request: PopularRequest?
    /// It is kept, or cannot be.
    var isRequestSettled = false
    /// Seconds since the answer was made, where it is stored.
    package internal(set) var age: Int64?
    /// Seconds that it is fresh for; negative once stale.
    package internal(set) var timeToLive: Int64?

    init(key: CacheKey, route: String, path: String, uncertain: UInt64) {
        self.key = key
        self.route = route
        self.path = path
        self.uncertain = uncertain
        hits = uncertain
    }

    /// With what another event loop has counted of the same key.
    func adding(_ other: PopularKey) -> PopularKey {
        var sum = self
        sum.hits += other.hits
        sum.uncertain += other.uncertain
        sum.saved += other.saved
        sum.request = request ?? other.request
        return sum
    }
}
