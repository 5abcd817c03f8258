import Histogram
import NIOCore
import WeirCache
import WeirHTTP
import WeirProxy
import WeirUpstream

extension Statistics {
    init(_ snapshot: ProxySnapshot) {
        self.init()
        uptimeSeconds = Double(snapshot.uptime.nanoseconds / 1_000_000) / 1_000
        configuration = ConfigurationStatistics(snapshot.configuration)
        connections.open = snapshot.openConnections
        connections.accepted = snapshot.totals.connectionsAccepted
        connections.refused = snapshot.totals.connectionsRefused
        connections.http2 = snapshot.totals.http2Connections
        connections.http2Errors = snapshot.totals.http2ConnectionErrors
        connections.http2SlowHeads = snapshot.totals.http2SlowHeads
        connections.http2Streams = snapshot.totals.http2Streams
        listeners = snapshot.listeners.map {
            ListenerStatistics(address: $0.name, tls: $0.tls.map(TLSStatistics.init))
        }
        connections.acceptPauses = snapshot.totals.acceptPauses
        tunnels.total = snapshot.totals.tunnelsOpened
        tunnels.open = snapshot.totals.tunnelsOpened - snapshot.totals.tunnelsClosed
        tunnels.receivedBytes = snapshot.totals.tunnelBytesIn
        tunnels.sentBytes = snapshot.totals.tunnelBytesOut
        buffers.bytes = snapshot.buffers.bytes
        buffers.capacityBytes = snapshot.buffers.capacityBytes
        cache = CacheStatistics(snapshot.store)
        cache.snapshot = snapshot.restored.map(SnapshotStatistics.init)
        cache.redis = snapshot.tier.map(RedisStatistics.init)
        flights = FlightStatistics(snapshot.flights)
        warming = WarmStatistics(snapshot.totals.warmed)
        routes = snapshot.routes.map(RouteStatistics.init)
        upstreams = snapshot.upstreams.map(UpstreamStatistics.init)
        ai = AIStatistics(snapshot)
        requests.refused = snapshot.totals.requestsRefused
        for route in routes + [RouteStatistics(gone: snapshot.goneRoutes)] {
            requests.total += route.requests
            requests.byStatus.merge(route.byStatus, uniquingKeysWith: +)
            requests.aborted += route.aborted
            cacheHits += route.cacheHits
            cacheMisses += route.cacheMisses
        }
        cacheHitRate = HitRate.of(hits: cacheHits, misses: cacheMisses)
        latency = LatencyDistribution(of: snapshot.routes.map(\.metrics) + [snapshot.goneRoutes])
    }
}

extension TLSStatistics {
    fileprivate init(_ tls: TLSSnapshot) {
        self.init(certificateNotAfterSeconds: tls.notAfter)
        for (outcome, count) in tls.handshakes { handshakes[outcome.rawValue] = count }
        reloads = tls.reloads
        refusedReloads = tls.refusedReloads
        problem = tls.problem
    }
}

extension LatencyDistribution {
    fileprivate init(of routes: [RouteMetrics]) {
        guard var all = routes.first?.durations else {
            self.init()
            return
        }
        for route in routes.dropFirst() { all.add(route.durations) }
        self.init(all, sumMicroseconds: routes.reduce(0) { $0 + $1.durationSum })
    }
}

extension CacheStatistics {
    fileprivate init(_ store: StoreStatistics) {
        self.init()
        entries = store.entries
        bytes = store.bytes
        capacityBytes = store.capacityBytes
        insertions = store.insertions
        for reason in EvictionReason.allCases { evictions[reason.rawValue] = store.evictionsByReason[reason] }
        softened = store.softened
    }
}

extension SnapshotStatistics {
    fileprivate init(_ restored: RestoredSnapshot) {
        let outcome = restored.outcome
        self.init(isReading: restored.isUnderWay, restoredEntries: outcome.entries, droppedEntries: outcome.dropped)
        readBytes = outcome.bytes
        readSeconds = Double(restored.milliseconds) / 1_000
        problem = outcome.fault.map { $0.description }
    }
}

extension FlightStatistics {
    fileprivate init(_ counts: FlightCounts) {
        self.init()
        open = counts.flights
        leaders = counts.leaders
        followers = counts.followers
        released = counts.released
        full = counts.full
        overdue = counts.overdue
        unshared = counts.unshared
    }
}

extension ConfigurationStatistics {
    fileprivate init(_ status: ConfigurationStatus) {
        self.init()
        generation = status.generation
        generationsInUse = status.generationsInUse
        loadedAtSeconds = status.loadedAt.seconds
        reloads = status.reloads
        refusedReloads = status.refusedReloads
        lastReloadSuccessful = status.isLastReloadSuccessful
        problems = status.problems
        waitingForRestart = status.waitingForRestart
    }
}

extension RouteStatistics {
    fileprivate init(_ route: ProxySnapshot.RouteSnapshot) {
        let settings = route.settings
        self.init(name: route.name, upstream: settings.upstream, cacheMode: settings.cache.mode.rawValue)
        count(route.metrics)
    }

    /// All routes that are in the configuration no more, together.
    fileprivate init(gone metrics: RouteMetrics) {
        self.init(name: "", upstream: "", cacheMode: "")
        count(metrics)
    }

    private mutating func count(_ metrics: RouteMetrics) {
        requests = metrics.requests
        for (index, count) in metrics.requestsByClass.enumerated() { byStatus["\(index + 1)xx"] = count }
        aborted = metrics.aborted
        responseBytes = metrics.responseBytes
        for outcome in CacheOutcome.allCases {
            let count = metrics.lookups(outcome)
            lookups[outcome.rawValue] = count
            // What went past the cache is neither.
            if outcome.isHit { cacheHits += count } else if outcome != .bypass { cacheMisses += count }
        }
        for reason in RefusalReason.allCases { refusals[reason.rawValue] = metrics.refusals(reason) }
        for origin in ItemOrigin.allCases { items[origin.rawValue] = metrics.items(origin) }
        batches = BatchStatistics(metrics.batches)
        promptTokensSaved = metrics.promptTokensSaved
        for reason in RefreshReason.allCases { refreshes[reason.rawValue] = metrics.refreshes(reason) }
        cacheHitRate = HitRate.of(hits: cacheHits, misses: cacheMisses)
        latency = LatencyDistribution(of: [metrics])
    }
}

extension UpstreamStatistics {
    fileprivate init(_ upstream: UpstreamSnapshot) {
        self.init(name: upstream.name, url: upstream.url)
        requests = UInt64(upstream.requests)
        for (service, counts) in upstream.outcomes {
            for (outcome, count) in counts {
                outcomes[service.rawValue, default: [:]][outcome.name] = UInt64(count)
            }
        }
        for (outcome, count) in upstream.retries { retries[outcome.name] = UInt64(count) }
        for (outcome, count) in upstream.fallbacks { fallbacks[outcome.name] = UInt64(count) }
        for (service, count) in upstream.coolingDown { coolingDown[service.rawValue] = count }
        pacing = PaceStatistics(upstream.pacing)
        let gauges = upstream.gauges
        pool = PoolStatistics(
            activeConnections: gauges.active,
            idleCount: gauges.idle,
            waitingCount: gauges.pending,
            maxConnections: gauges.max
        )
        breakers = Service.allCases.compactMap { service in
            upstream.breakers[service].map { BreakerStatistics(service, $0) }
        }
        addresses = upstream.addresses.map(AddressStatistics.init)
    }
}

extension AddressStatistics {
    fileprivate init(_ address: AddressSnapshot) {
        self.init(url: address.url, state: address.state.rawValue, isUp: address.state == .up)
        requests = UInt64(address.calls)
        pendingCount = address.pending
        consecutiveFailures = address.consecutiveFailures
        ejections = UInt64(address.ejections)
        ejectedSeconds = address.ejectedSeconds
        health = address.health.map {
            Health(passed: UInt64($0.passed), failed: UInt64($0.failed), lastFailure: $0.lastFailure)
        }
    }
}

extension BreakerStatistics {
    fileprivate init(_ service: Service, _ breaker: BreakerSnapshot) {
        self.init(service: service.rawValue, state: breaker.state.name, stateValue: breaker.state.rawValue)
        consecutiveFailures = breaker.consecutiveFailures
        calls = breaker.calls
        failures = breaker.failures
        nextProbeSeconds = breaker.nextProbeSeconds
        transitions = breaker.transitions
    }
}
