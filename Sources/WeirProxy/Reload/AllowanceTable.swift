import WeirLedger

/// What users and credentials may still use, by the names of the routes, through reloads: what was spent today counts on
/// under other settings, and when a route comes back that was gone.
///
/// A pure value but for the ``Allowances`` in it, which event loops share; ``Proxy`` drives it, one reload after the other.
struct AllowanceTable {
    /// Routes without budget or limits, or gone, whose allowances are kept for their return.
    static let maxGone = 32

    private var named: [String: Allowances] = [:]
    /// The longest gone first.
    private var gone: [String] = []

    /// The allowances of a new configuration's routes, in its order; nil for those that let everybody use anything.
    mutating func assign(_ routes: [RouteSettings]) -> [Allowances?] {
        let allowances = routes.map { route -> Allowances? in
            guard route.budget != nil || route.rateLimit != nil else { return nil }
            let settings = AllowanceSettings(budget: route.budget, rateLimit: route.rateLimit)
            guard let known = named[route.name] else {
                let new = Allowances(settings: settings)
                named[route.name] = new
                return new
            }
            known.adopt(settings)
            return known
        }
        let present = Set(zip(routes, allowances).compactMap { $1 == nil ? nil : $0.name })
        gone.removeAll { present.contains($0) }
        gone += named.keys.filter { !present.contains($0) && !gone.contains($0) }.sorted()
        while gone.count > Self.maxGone { named[gone.removeFirst()] = nil }
        return allowances
    }
}
