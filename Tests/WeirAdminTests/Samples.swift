import Histogram
import NIOCore
import Synchronization
import WeirCache
import WeirLedger
@testable import WeirProxy
import WeirUpstream

@testable import WeirAdmin

extension Statistics {
    /// Something of everything, small enough to be checked by eye.
    static var sample: Statistics {
        var sample = Statistics()
        sample.version = "1.2.3"
        sample.uptimeSeconds = 12.5
        sample.configuration.generation = 3
        sample.configuration.generationsInUse = 2
        sample.configuration.loadedAtSeconds = 1_704_067_200
        sample.configuration.reloads = 2
        sample.configuration.refusedReloads = 1
        sample.configuration.lastReloadSuccessful = false
        sample.configuration.problems = ["proxy.conf:1:1: unknown key 'lisen'; did you mean 'listen'?"]
        sample.configuration.waitingForRestart = ["workers"]
        sample.connections.open = 2
        sample.connections.accepted = 7
        sample.connections.refused = 1
        sample.connections.http2 = 3
        sample.connections.http2Errors = 1
        sample.connections.http2SlowHeads = 2
        sample.connections.http2Streams = 9
        sample.listeners = [.sample, ListenerStatistics(address: "127.0.0.1:8080")]
        sample.connections.acceptPauses = 6
        sample.buffers.bytes = 512
        sample.buffers.capacityBytes = 4096
        sample.tunnels.open = 3
        sample.tunnels.total = 9
        sample.tunnels.receivedBytes = 100
        sample.tunnels.sentBytes = 200
        sample.requests.total = 4
        sample.requests.byStatus = ["2xx": 3, "5xx": 1]
        sample.requests.aborted = 1
        sample.requests.refused = 2
        sample.cacheHits = 2
        sample.cacheMisses = 1
        sample.cacheHitRate = 0.6667
        sample.cache.entries = 1
        sample.cache.bytes = 2_048
        sample.cache.capacityBytes = 1_048_576
        sample.cache.insertions = 1
        sample.cache.evictions = ["capacity": 0, "purged": 3]
        sample.cache.softened = 2
        sample.cache.redis = .sample
        sample.warming.hits = 1
        sample.warming.stored = 2
        sample.warming.passed = 3
        sample.warming.failed = 4
        sample.flights.open = 1
        sample.flights.leaders = 5
        sample.flights.followers = 4
        sample.flights.released = 1
        sample.routes = [.sample]
        sample.latency = RouteStatistics.sample.latency
        sample.upstreams = [.sample]
        sample.ai = .sample
        return sample
    }
}

extension AIStatistics {
    fileprivate static var sample: AIStatistics {
        var ai = AIStatistics()
        var model = SpendingStatistics(name: "gpt-4o-mini-2024-07-18")
        model.pricedAs = "gpt-4o-mini"
        model.spent.calls = 2
        model.spent.promptTokens = 30
        model.spent.cachedPromptTokens = 10
        model.spent.completionTokens = 12
        model.spent.reasoningTokens = 5
        model.spent.dollars = Dollars(Money(picodollars: 10_950_000))
        model.saved.dollars = Dollars(Money(picodollars: 2_500_000_000_000))
        var alias = model
        alias.name = "gpt-4o-mini"
        var unknown = SpendingStatistics(name: "somebody's \"own\"")
        unknown.spent.promptTokens = 3
        unknown.spent.unpricedTokens = 3
        var rest = SpendingStatistics()
        rest.spent.promptTokens = 4
        ai.models = [model, alias, unknown, rest]
        var ada = SpendingStatistics(name: "ada")
        ada.spent.dollars = Dollars(Money(picodollars: 3_000_000_000_000))
        ai.users = [ada, SpendingStatistics(name: "bob"), SpendingStatistics()]
        var budget = BudgetStatistics(route: "/v1/chat/completions")
        budget.user = .init(daily: Money(picodollars: 2_500_000_000_000), BudgetTotal())
        ai.budgets = [budget]
        return ai
    }
}

extension ListenerStatistics {
    fileprivate static var sample: ListenerStatistics {
        var tls = TLSStatistics(certificateNotAfterSeconds: 1_800_000_000)
        tls.handshakes = ["completed": 6, "failed": 1]
        tls.reloads = 2
        tls.refusedReloads = 1
        tls.problem = "cannot read the file 'weir.pem'"
        return ListenerStatistics(address: "127.0.0.1:8443", tls: tls)
    }
}

extension RedisStatistics {
    fileprivate static var sample: RedisStatistics {
        var redis = RedisStatistics()
        redis.events = ["hit": 4, "miss": 3, "skipped": 2, "written": 3, "failed": 1, "locked": 3]
        redis.purges.sent = 2
        redis.purges.received = 1
        redis.purges.untold = 5
        redis.purges.doubts = 1
        redis.subscribed = true
        redis.pendingBytes = 300
        redis.connections.up = 2
        redis.connections.opened = 3
        redis.connections.ended = 1
        redis.connections.reopened = 1
        redis.connections.failed = 6
        redis.commands = 30
        redis.errorReplies = 1
        redis.errors = ["timed_out": 1, "closed": 0]
        redis.latency.count = 29
        redis.latency.sumSeconds = 0.0145
        redis.latency.meanSeconds = 0.0005
        redis.latency.maxSeconds = 0.002
        redis.latency.buckets = [.init(bound: 0.00025, count: 20), .init(bound: 0.1, count: 29)]
        redis.breaker = "open"
        var node = RedisNodeStatistics(address: "127.0.0.1:6379", breaker: "open", breakerValue: 2)
        node.up = 2
        node.breakerTransitions = 1
        redis.nodes = [node]
        return redis
    }
}

extension RouteStatistics {
    fileprivate static var sample: RouteStatistics {
        var route = RouteStatistics(name: "/courses/{id}", upstream: "app", cacheMode: "http")
        route.requests = 4
        route.byStatus = ["2xx": 3, "5xx": 1]
        route.aborted = 1
        route.responseBytes = 4_096
        route.lookups = ["bypass": 1, "hit": 2, "miss": 1]
        route.items = ["found": 80, "fetched": 20, "collapsed": 0]
        var sizes = BatchSizes()
        for items in [1, 10, 9] { sizes.record(items) }
        route.batches = BatchStatistics(sizes)
        route.promptTokensSaved = 12
        route.refreshes = ["ahead": 1, "stale_while_revalidate": 0]
        route.refusals = ["user_budget": 2, "unpriced": 0]
        route.cacheHits = 2
        route.cacheMisses = 1
        route.cacheHitRate = 0.6667
        route.latency = LatencyDistribution(.recording([500, 1_500, 1_500, 70_000_000]), sumMicroseconds: 70_003_500)
        return route
    }
}

extension UpstreamStatistics {
    fileprivate static var sample: UpstreamStatistics {
        var upstream = UpstreamStatistics(name: "app", url: "http://127.0.0.1:3000")
        upstream.requests = 3
        upstream.outcomes = ["other": ["connect": 1, "success": 2]]
        upstream.retries = ["success": 2, "over_budget": 1]
        upstream.fallbacks = ["answered": 4]
        upstream.coolingDown = ["chat": 3]
        upstream.pacing = PaceStatistics(waitingCount: 2, outcomes: ["sent": 6, "refused": 1], waitSeconds: 7.5)
        upstream.pool = PoolStatistics(activeConnections: 1, idleCount: 2, waitingCount: 0, maxConnections: 100)
        var breaker = BreakerStatistics(service: "other", state: "open", stateValue: 2)
        breaker.consecutiveFailures = 5
        breaker.nextProbeSeconds = 30
        breaker.transitions = 1
        upstream.breakers = [breaker]
        var checked = AddressStatistics(url: "http://127.0.0.1:3000", state: "unhealthy", isUp: false)
        checked.requests = 3
        checked.health = .init(passed: 6, failed: 4, lastFailure: "status 503")
        var ejected = AddressStatistics(url: "http://127.0.0.1:3001", state: "ejected", isUp: false)
        ejected.pendingCount = 2
        ejected.ejections = 1
        ejected.ejectedSeconds = 30
        upstream.addresses = [checked, ejected]
        return upstream
    }
}

extension Histogram<UInt64> {
    /// As a route keeps one.
    static func recording(_ microseconds: [UInt64]) -> Histogram<UInt64> {
        var histogram = Histogram<UInt64>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .two)
        for value in microseconds { histogram.record(value) }
        return histogram
    }
}

/// Shows ``Statistics/sample`` and remembers what it was told.
final class FakeSubject: AdminSubject {
    enum Told: Equatable {
        case purge(Purge, softly: Bool)
        case reset(String, Service?)
        case warm([String], WarmTerms)
    }

    let readiness: Readiness
    let upstreamNames = ["app", "openai"]
    private let log = Mutex<[Told]>([])

    private let isTold: Bool

    init(readiness: Readiness = .ready, arePurgesTold: Bool = true) {
        self.readiness = readiness
        isTold = arePurgesTold
    }

    var told: [Told] { log.withLock { $0 } }

    func statistics() async -> Statistics { .sample }

    func purge(_ purge: Purge, softly: Bool) async -> Int {
        log.withLock { $0.append(.purge(purge, softly: softly)) }
        return 3
    }

    func arePurgesTold() async -> Bool { isTold }

    func warm(_ list: WarmList, _ terms: WarmTerms, tell: @escaping @Sendable (WarmTotals) -> Void) async -> WarmTotals
    {
        log.withLock { $0.append(.warm(list.map { String(buffer: $0.line) }, terms)) }
        var totals = WarmTotals()
        totals.hits = 1
        tell(totals)
        totals.stored = 2
        totals.passed = ["no-store": 3]
        totals.failed = 1
        totals.failures = [.init(line: 7, reason: "500")]
        totals.cost = Money(picodollars: 10_950_000)
        return totals
    }

    func popular(limit: Int) async -> [PopularKey] {
        var often = PopularKey(key: CacheKey(0, 0, 0, 1), route: "/v1", path: "/v1/chat/completions", uncertain: 2)
        often.hits = 7
        often.saved = Money(picodollars: 10_950_000)
        often.age = 10
        often.timeToLive = -5
        often.request = PopularRequest(
            method: "POST",
            path: "/v1/chat/completions",
            isSecure: true,
            fields: [],
            body: ByteBuffer(string: "{}")
        )
        let seldom = PopularKey(key: CacheKey(0, 0, 0, 2), route: "/", path: "/a", uncertain: 1)
        return Array([often, seldom].prefix(limit))
    }

    func resetBreakers(upstream: String, service: Service?) -> Int? {
        guard upstreamNames.contains(upstream) else { return nil }
        log.withLock { $0.append(.reset(upstream, service)) }
        return 1
    }
}
