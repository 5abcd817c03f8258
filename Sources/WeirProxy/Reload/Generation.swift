import WeirCache
import WeirLedger
import WeirUpstream

/// One configuration at work: settings, routes and upstreams that belong together. Immutable; a reload makes another.
///
/// Each ``Worker`` holds the newest. A request holds the one it began with to its end, and so does a ``Fetch``. So the
/// last of them to end frees it, and with it what no other generation has: its routes, and upstreams that a reload has
/// changed or taken away, whose idle connections close then.
final class Generation: Sendable {
    /// 1 for the one that Weir started with.
    let number: Int
    let settings: ProxySettings
    let upstreams: Upstreams
    let router: Router
    /// Of the flights that its requests lead.
    let flightSettings: FlightSettings
    private let original: Generation?

    /// - Parameters:
    ///   - slots: where the routes count, in the order of the settings.
    ///   - allowances: the routes', in the same order.
    init(number: Int, settings: ProxySettings, upstreams: Upstreams, slots: [Int], allowances: [Allowances?]) {
        self.number = number
        self.settings = settings
        self.upstreams = upstreams
        flightSettings = FlightSettings(cache: settings.cache)
        router = Router(
            settings.routes.enumerated().map { index, route in
                guard let upstream = upstreams[route.upstream] else {
                    preconditionFailure("Cannot route to '\(route.upstream)', which is no upstream")
                }
                let fallback = route.fallback.map { fallback in
                    guard let upstream = upstreams[fallback.upstream] else {
                        preconditionFailure("Cannot fall back to '\(fallback.upstream)', which is no upstream")
                    }
                    return upstream
                }
                return Route(
                    index: index,
                    slot: slots[index],
                    settings: route,
                    upstream: upstream,
                    fallback: fallback,
                    persona: settings.persona,
                    allowances: allowances[index]
                )
            }
        )
        original = nil
    }

    private init(sameAs original: Generation) {
        number = original.number
        settings = original.settings
        upstreams = original.upstreams
        router = original.router
        flightSettings = original.flightSettings
        self.original = original
    }

    /// The same for one worker alone, since every request takes and lets go of a reference: event loops on several cores
    /// would get into each other's way counting one object's. It keeps the original alive.
    func forOneWorker() -> Generation { Generation(sameAs: self) }
}

/// For seeing whether requests of a former generation are still under way.
struct FormerGeneration: Sendable {
    private(set) weak var generation: Generation?

    init(_ generation: Generation) { self.generation = generation }
}
