package import NIOCore
package import WeirCache
package import WeirLedger
package import WeirOpenAI
package import WeirTier
package import WeirUpstream

/// Everything the data plane runs by.
package struct ProxySettings: Sendable, Equatable {
    package var listen: [ListenerSettings]
    /// Event loops.
    package var workers: Int
    /// How long requests under way may take once Weir is told to stop.
    package var drain: TimeAmount
    /// How long Weir goes on as before once it is told to stop and says that it is not ready.
    package var drainDelay: TimeAmount
    package var limits: ConnectionLimits
    package var cache: CacheSettings
    package var popular: PopularSettings
    /// The cache that sidecars have in common; nil where there is none.
    package var tier: TierSettings?
    package var compression: CompressionSettings
    package var persona: PersonaSettings
    package var prices: PriceTable
    package var upstreams: [UpstreamSettings]
    package var routes: [RouteSettings]

    package init(
        listen: [ListenerSettings] = [ListenerSettings(ListenAddress(host: "127.0.0.1", port: 8080))],
        workers: Int = 1,
        drain: TimeAmount = .seconds(30),
        drainDelay: TimeAmount = .zero,
        limits: ConnectionLimits = ConnectionLimits(),
        cache: CacheSettings = CacheSettings(),
        popular: PopularSettings = PopularSettings(),
        tier: TierSettings? = nil,
        compression: CompressionSettings = CompressionSettings(),
        persona: PersonaSettings = PersonaSettings(),
        prices: PriceTable = .builtIn,
        upstreams: [UpstreamSettings],
        routes: [RouteSettings]
    ) {
        self.listen = listen
        self.workers = workers
        self.drain = drain
        self.drainDelay = drainDelay
        self.limits = limits
        self.cache = cache
        self.popular = popular
        self.tier = tier
        self.compression = compression
        self.persona = persona
        self.prices = prices
        self.upstreams = upstreams
        self.routes = routes
    }
}
