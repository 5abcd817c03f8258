package import WeirLedger
package import WeirOpenAI
package import WeirUpstream

/// One route of `proxy.conf`, checked.
package struct RouteSettings: Sendable, Equatable {
    /// `/courses/{id}`: whole segments, each a literal or a `{name}` that takes any one segment.
    package var path: String
    /// Only requests for this host, without its port; any when nil.
    package var host: String?
    /// Only these methods; any when empty.
    package var methods: [String]
    /// The name of one of the upstreams.
    package var upstream: String
    /// Where requests go when that fails; nowhere when nil.
    package var fallback: FallbackSettings?
    /// What its requests must or may bring to be taken; nil: no tokens are read.
    package var token: TokenSettings?
    /// Told by the request's path when nil.
    package var service: Service?
    /// Bytes of a request body; more is 413. nil: no bound for a body that streams through.
    package var maxBody: Int?
    /// Bytes of a request body that is read whole because it is the key (persona mode).
    package var maxKeyedBody: Int
    /// The upstream's when nil.
    package var timeouts: UpstreamTimeouts?
    package var features: Features
    package var cache: RouteCacheSettings
    /// What may be spent on the route in a day; any amount when nil.
    package var budget: BudgetSettings?
    /// What users and credentials may ask for in a minute; any number when nil.
    package var rateLimit: RateLimitSettings?
    /// How items that are not stored are asked for together with other requests'; only by themselves when nil.
    package var batch: BatchSettings?
    /// What is taken out of prompts before they are keys and go on; nothing when nil.
    package var economy: PromptEconomySettings?
    /// Tags that a successful unsafe request invalidates; templates as in `cache.tags`.
    package var invalidatesOnWrite: [String]
    /// Whether it marks what carries them as stale instead of removing it.
    package var softensOnWrite: Bool
    /// Whether persona and user fields go on to the upstream.
    package var forwardPersona: Bool

    package init(
        path: String,
        host: String? = nil,
        methods: [String] = [],
        upstream: String,
        fallback: FallbackSettings? = nil,
        token: TokenSettings? = nil,
        service: Service? = nil,
        maxBody: Int? = nil,
        maxKeyedBody: Int = 32 << 20,
        timeouts: UpstreamTimeouts? = nil,
        features: Features = Features(),
        cache: RouteCacheSettings = RouteCacheSettings(),
        budget: BudgetSettings? = nil,
        rateLimit: RateLimitSettings? = nil,
        batch: BatchSettings? = nil,
        economy: PromptEconomySettings? = nil,
        invalidatesOnWrite: [String] = [],
        softensOnWrite: Bool = false,
        forwardPersona: Bool = false
    ) {
        self.path = path
        self.host = host
        self.methods = methods
        self.upstream = upstream
        self.fallback = fallback
        self.token = token
        self.service = service
        self.maxBody = maxBody
        self.maxKeyedBody = maxKeyedBody
        self.timeouts = timeouts
        self.features = features
        self.cache = cache
        self.budget = budget
        self.rateLimit = rateLimit
        self.batch = batch
        self.economy = economy
        self.invalidatesOnWrite = invalidatesOnWrite
        self.softensOnWrite = softensOnWrite
        self.forwardPersona = forwardPersona
    }

    /// How the route is called in stats: the path, with the host and the methods where it has any.
    package var name: String {
        (methods.isEmpty ? "" : methods.joined(separator: ",") + " ") + (host ?? "") + path
    }
}
