package import WeirCache
package import WeirProxy
package import WeirUpstream

/// What the admin listener shows and steers: the running ``Proxy``, or a stand-in in tests.
package protocol AdminSubject: Sendable {
    /// Everything counted, taken at one moment. The version is left to the listener.
    func statistics() async -> Statistics

    /// Whether requests should be sent here.
    var readiness: Readiness { get }

    /// - Parameter softly: marks stored answers as stale instead of removing them.
    /// - Returns: how many have gone, or been marked.
    func purge(_ purge: Purge, softly: Bool) async -> Int

    /// Whether other sidecars have been told of all purges so far; true where there are none.
    func arePurgesTold() async -> Bool

    /// Sends the requests of a list, so that their answers are stored.
    /// - Parameter tell: is told the totals now and then.
    func warm(
        _ list: WarmList,
        _ terms: WarmTerms,
        tell: @escaping @Sendable (WarmTotals) -> Void
    ) async -> WarmTotals

    /// The keys that are hit most, those with the most hits first.
    func popular(limit: Int) async -> [PopularKey]

    /// In the configuration's order.
    var upstreamNames: [String] { get }

    /// Closes the breaker of one service, or of all where `service` is nil.
    /// - Returns: how many were not closed; nil when there is no such upstream.
    func resetBreakers(upstream: String, service: Service?) -> Int?
}

/// What `/readyz` tells an orchestrator.
package enum Readiness: String, Sendable, CaseIterable {
    /// The listeners are not open yet.
    case starting
    case ready
    /// Nothing new is accepted; what is under way is finished.
    case draining
}
