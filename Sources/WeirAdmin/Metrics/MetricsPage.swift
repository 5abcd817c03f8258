/// `/metrics`: ``Statistics`` in the Prometheus text format.
enum MetricsPage {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func render(_ statistics: Statistics) -> String {
        var page = MetricsText()
        writeProcess(statistics, into: &page)
        writeTLS(statistics.listeners, into: &page)
        writeTunnels(statistics.tunnels, into: &page)
        writeConfiguration(statistics.configuration, into: &page)
        writeRequests(statistics, into: &page)
        writeDurations(statistics.routes, into: &page)
        writeCache(statistics, into: &page)
        if let redis = statistics.cache.redis { writeRedis(redis, into: &page) }
        writeFlights(statistics.flights, into: &page)
        writeWarming(statistics.warming, into: &page)
        writeUpstreams(statistics.upstreams, into: &page)
        writeAddresses(statistics.upstreams, into: &page)
        writeBreakers(statistics.upstreams, into: &page)
        writeAI(statistics, into: &page)
        return page.text
    }

    private static func writeProcess(_ statistics: Statistics, into page: inout MetricsText) {
        page.family("weir_build_info", .gauge, "Always 1; the label has the version.")
        page.sample(["version": statistics.version], 1)
        page.family("weir_uptime_seconds", .gauge, "Time since the start.")
        page.sample(statistics.uptimeSeconds)
        page.family("weir_connections", .gauge, "Open client connections.")
        page.sample(statistics.connections.open)
        page.family("weir_connections_total", .counter, "Client connections, accepted or refused at a limit.")
        page.sample(["outcome": "accepted"], statistics.connections.accepted)
        page.sample(["outcome": "refused"], statistics.connections.refused)
        page.family("weir_accept_pauses_total", .counter, "Pauses of accepting for want of files or memory.")
        page.sample(statistics.connections.acceptPauses)
        page.family(
            "weir_buffer_bytes",
            .gauge,
            "Memory held by bodies that are keys or wait to be taken, and by answers under way."
        )
        page.sample(statistics.buffers.bytes)
        page.family("weir_buffer_capacity_bytes", .gauge, "Memory at which new requests that need some are refused.")
        page.sample(statistics.buffers.capacityBytes)
        page.family("weir_http2_connections_total", .counter, "Client connections that spoke HTTP/2.")
        page.sample(statistics.connections.http2)
        page.family(
            "weir_http2_connection_errors_total",
            .counter,
            "HTTP/2 connections ended because their client broke its rules or flooded."
        )
        page.sample(statistics.connections.http2Errors)
        page.family(
            "weir_http2_slow_heads_total",
            .counter,
            "HTTP/2 connections ended because a head, or another frame but DATA, was not whole in time."
        )
        page.sample(statistics.connections.http2SlowHeads)
        page.family("weir_http2_streams_total", .counter, "Requests on HTTP/2 connections.")
        page.sample(statistics.connections.http2Streams)
    }

    private static func writeTLS(_ listeners: [ListenerStatistics], into page: inout MetricsText) {
        let listeners = listeners.compactMap { listener in listener.tls.map { (listener.address, $0) } }
        page.family("weir_tls_handshakes_total", .counter, "TLS handshakes with clients by outcome.")
        for (address, tls) in listeners {
            for (outcome, count) in ordered(tls.handshakes) {
                page.sample(["listener": address, "outcome": outcome], count)
            }
        }
        page.family(
            "weir_tls_certificate_not_after_seconds",
            .gauge,
            "When a listener's certificate ends to be valid, in seconds of the Unix epoch."
        )
        for (address, tls) in listeners { page.sample(["listener": address], tls.certificateNotAfterSeconds) }
        page.family("weir_tls_certificate_reloads_total", .counter, "Changed certificates, used or refused.")
        for (address, tls) in listeners {
            page.sample(["listener": address, "outcome": "used"], tls.reloads)
            page.sample(["listener": address, "outcome": "refused"], tls.refusedReloads)
        }
    }

    private static func writeTunnels(_ tunnels: TunnelStatistics, into page: inout MetricsText) {
        page.family("weir_tunnels", .gauge, "Open connections that have switched protocols.")
        page.sample(tunnels.open)
        page.family("weir_tunnels_total", .counter, "Connections that have switched protocols.")
        page.sample(tunnels.total)
        page.family("weir_tunnel_bytes_total", .counter, "Bytes through tunnels, from clients and to them.")
        page.sample(["direction": "received"], tunnels.receivedBytes)
        page.sample(["direction": "sent"], tunnels.sentBytes)
    }

    private static func writeConfiguration(_ configuration: ConfigurationStatistics, into page: inout MetricsText) {
        page.family("weir_config_generation", .gauge, "The configuration that runs: 1 at the start.")
        page.sample(configuration.generation)
        page.family("weir_config_generations_in_use", .gauge, "It, and former ones with requests under way.")
        page.sample(configuration.generationsInUse)
        page.family("weir_config_reloads_total", .counter, "Attempts to load another configuration.")
        page.sample(["outcome": "applied"], configuration.reloads)
        page.sample(["outcome": "refused"], configuration.refusedReloads)
        page.family("weir_config_last_reload_successful", .gauge, "1 unless the last attempt was refused.")
        page.sample(configuration.lastReloadSuccessful ? 1 : 0)
        page.family("weir_config_last_reload_success_timestamp_seconds", .gauge, "When the one that runs was loaded.")
        page.sample(configuration.loadedAtSeconds)
        page.family("weir_config_waiting_for_restart", .gauge, "Keys whose new values wait for a restart.")
        page.sample(configuration.waitingForRestart.count)
    }

    private static func writeRequests(_ statistics: Statistics, into page: inout MetricsText) {
        page.family("weir_requests_total", .counter, "Finished requests by the class of their status.")
        for route in statistics.routes {
            for (status, count) in ordered(route.byStatus) {
                page.sample(["route": route.name, "status": status], count)
            }
        }
        page.family("weir_requests_aborted_total", .counter, "Requests broken off, or left by their clients.")
        for route in statistics.routes { page.sample(["route": route.name], route.aborted) }
        page.family("weir_requests_refused_total", .counter, "Requests that were not HTTP, or that no route took.")
        page.sample(statistics.requests.refused)
        page.family("weir_response_bytes_total", .counter, "Bytes of responses sent to clients.")
        for route in statistics.routes { page.sample(["route": route.name], route.responseBytes) }
    }

    private static func writeDurations(_ routes: [RouteStatistics], into page: inout MetricsText) {
        page.family(
            "weir_request_duration_seconds",
            .histogram,
            "From a request's head to the last byte of its response."
        )
        for route in routes {
            for (bound, count) in zip(LatencyDistribution.bounds, route.latency.cumulativeCounts) {
                page.sample(suffix: "_bucket", ["route": route.name, "le": bound.label], count)
            }
            page.sample(suffix: "_bucket", ["route": route.name, "le": "+Inf"], route.latency.count)
            page.sample(suffix: "_sum", ["route": route.name], route.latency.sumSeconds)
            page.sample(suffix: "_count", ["route": route.name], route.latency.count)
        }
    }

    private static func writeCache(_ statistics: Statistics, into page: inout MetricsText) {
        page.family("weir_cache_lookups_total", .counter, "Requests by how the cache served them.")
        for route in statistics.routes {
            for (outcome, count) in ordered(route.lookups) {
                page.sample(["route": route.name, "outcome": outcome], count)
            }
        }
        page.family("weir_cache_refreshes_total", .counter, "Upstream calls behind hits, by their reason.")
        for route in statistics.routes {
            for (reason, count) in ordered(route.refreshes) {
                page.sample(["route": route.name, "reason": reason], count)
            }
        }
        page.family("weir_cache_entries", .gauge, "Stored answers.")
        page.sample(statistics.cache.entries)
        page.family("weir_cache_bytes", .gauge, "Memory taken by stored answers, overhead included.")
        page.sample(statistics.cache.bytes)
        page.family("weir_cache_capacity_bytes", .gauge, "Memory that stored answers may take.")
        page.sample(statistics.cache.capacityBytes)
        page.family("weir_cache_evictions_total", .counter, "Stored answers that left, by the reason.")
        for (reason, count) in ordered(statistics.cache.evictions) { page.sample(["reason": reason], count) }
        page.family("weir_cache_softened_total", .counter, "Stored answers that soft purges marked as stale.")
        page.sample(statistics.cache.softened)
        page.family(
            "weir_cache_restored_entries_total",
            .counter,
            "Stored answers that the start has read from a snapshot."
        )
        page.sample(statistics.cache.snapshot?.restoredEntries ?? 0)
    }

    private static func writeFlights(_ flights: FlightStatistics, into page: inout MetricsText) {
        page.family("weir_flights", .gauge, "Upstream calls under way that identical requests can share.")
        page.sample(flights.open)
        page.family("weir_flights_total", .counter, "Requests that led a flight, followed one, or found it full.")
        page.sample(["role": "leader"], flights.leaders)
        page.sample(["role": "follower"], flights.followers)
        page.sample(["role": "full"], flights.full)
        page.family("weir_flights_overdue_total", .counter, "Flights without an answer in time: another was led.")
        page.sample(flights.overdue)
        page.family("weir_flights_unshared_total", .counter, "Requests not made to wait, since none could share.")
        page.sample(flights.unshared)
    }

    private static func writeUpstreams(_ upstreams: [UpstreamStatistics], into page: inout MetricsText) {
        page.family("weir_upstream_requests_total", .counter, "Ended upstream calls by service and outcome.")
        for upstream in upstreams {
            for (service, outcomes) in ordered(upstream.outcomes) {
                for (outcome, count) in ordered(outcomes) {
                    page.sample(["upstream": upstream.name, "service": service, "outcome": outcome], count)
                }
            }
        }
        writeRetries(upstreams, into: &page)
        writePacing(upstreams, into: &page)
        page.family("weir_upstream_connections", .gauge, "Open upstream connections by state.")
        for upstream in upstreams {
            page.sample(["upstream": upstream.name, "state": "active"], upstream.pool.activeConnections)
            page.sample(["upstream": upstream.name, "state": "idle"], upstream.pool.idleCount)
        }
        page.family("weir_upstream_pending", .gauge, "Calls that wait for an upstream connection.")
        for upstream in upstreams { page.sample(["upstream": upstream.name], upstream.pool.waitingCount) }
    }

    /// Of upstreams that have several, or health checks.
    private static func writeAddresses(_ upstreams: [UpstreamStatistics], into page: inout MetricsText) {
        let addresses = upstreams.flatMap { upstream in
            upstream.addresses.map { (labels: ["upstream": upstream.name, "address": $0.url] as KeyValuePairs, $0) }
        }
        page.family("weir_upstream_address_up", .gauge, "0 while an address is unhealthy, ejected or on trial after.")
        for (labels, address) in addresses { page.sample(labels, address.isUp ? 1 : 0) }
        page.family("weir_upstream_address_requests_total", .counter, "Calls begun, by the address they went to.")
        for (labels, address) in addresses { page.sample(labels, address.requests) }
        page.family("weir_upstream_address_pending", .gauge, "Calls under way or waiting, by their address.")
        for (labels, address) in addresses { page.sample(labels, address.pendingCount) }
        page.family("weir_upstream_address_ejections_total", .counter, "Times that an address was ejected.")
        for (labels, address) in addresses { page.sample(labels, address.ejections) }
        page.family("weir_upstream_address_checks_total", .counter, "Health checks by their outcome.")
        for upstream in upstreams {
            for address in upstream.addresses {
                guard let health = address.health else { continue }
                let (name, url) = (upstream.name, address.url)
                page.sample(["upstream": name, "address": url, "outcome": "passed"], health.passed)
                page.sample(["upstream": name, "address": url, "outcome": "failed"], health.failed)
            }
        }
    }

    private static func writeRetries(_ upstreams: [UpstreamStatistics], into page: inout MetricsText) {
        page.family("weir_upstream_retries_total", .counter, "Retries of upstream calls, made or not, by outcome.")
        for upstream in upstreams {
            for (outcome, count) in ordered(upstream.retries) {
                page.sample(["upstream": upstream.name, "outcome": outcome], count)
            }
        }
        page.family(
            "weir_upstream_fallbacks_total",
            .counter,
            "Calls to a fallback upstream because this one failed, by outcome."
        )
        for upstream in upstreams {
            for (outcome, count) in ordered(upstream.fallbacks) {
                page.sample(["upstream": upstream.name, "outcome": outcome], count)
            }
        }
        page.family("weir_upstream_cooling_down", .gauge, "Credentials that wait after a 429, by service.")
        for upstream in upstreams {
            for (service, count) in ordered(upstream.coolingDown) {
                page.sample(["upstream": upstream.name, "service": service], count)
            }
        }
    }

    private static func writePacing(_ upstreams: [UpstreamStatistics], into page: inout MetricsText) {
        page.family(
            "weir_upstream_paced_total",
            .counter,
            "Calls that the upstream's rate limits had no room for when they came, by outcome."
        )
        for upstream in upstreams {
            for (outcome, count) in ordered(upstream.pacing.outcomes) {
                page.sample(["upstream": upstream.name, "outcome": outcome], count)
            }
        }
        page.family("weir_upstream_paced_seconds_total", .counter, "How long calls have waited for room, all together.")
        for upstream in upstreams { page.sample(["upstream": upstream.name], upstream.pacing.waitSeconds) }
        page.family(
            "weir_upstream_paced_waiting",
            .gauge,
            "Calls that wait for room within the upstream's rate limits."
        )
        for upstream in upstreams { page.sample(["upstream": upstream.name], upstream.pacing.waitingCount) }
    }

    private static func writeBreakers(_ upstreams: [UpstreamStatistics], into page: inout MetricsText) {
        page.family("weir_breaker_state", .gauge, "Circuit breakers: 0 closed, 1 half-open, 2 open.")
        for upstream in upstreams {
            for breaker in upstream.breakers {
                page.sample(["upstream": upstream.name, "service": breaker.service], breaker.stateValue)
            }
        }
        page.family("weir_breaker_transitions_total", .counter, "Changes of state of circuit breakers.")
        for upstream in upstreams {
            for breaker in upstream.breakers {
                page.sample(["upstream": upstream.name, "service": breaker.service], breaker.transitions)
            }
        }
    }

    /// So that a page does not differ from one scrape to the next in anything but its values.
    static func ordered<Value>(_ values: [String: Value]) -> [(key: String, value: Value)] {
        values.sorted { $0.key < $1.key }
    }
}
