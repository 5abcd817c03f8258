/// What a route adds where responses are silent. All in seconds.
package struct StorePolicy: Sendable, Equatable {
    /// How long a response lives that gives no lifetime; nil where such a one is kept only to be revalidated.
    package var defaultLifetime: Int64?
    /// For responses without the directive of that name.
    package var staleWhileRevalidate: Int64?
    /// For responses without the directive of that name.
    package var staleIfError: Int64?

    /// The share of the time since its modification that a response lives for which gives no lifetime (RFC 9111 §4.2.2);
    /// nil where there are no heuristics.
    package var heuristicShare: Double?
    /// By status: how long a failure lives that gives no lifetime.
    package var negativeLifetimes: [UInt16: Int64]

    package init(
        defaultLifetime: Int64? = nil,
        staleWhileRevalidate: Int64? = nil,
        staleIfError: Int64? = nil,
        heuristicShare: Double? = nil,
        negativeLifetimes: [UInt16: Int64] = [:]
    ) {
        self.defaultLifetime = defaultLifetime
        self.heuristicShare = heuristicShare
        self.negativeLifetimes = negativeLifetimes
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
    }
}
