import Testing

@testable import WeirAdmin

@Suite("Metrics page")
struct MetricsPageTests {
    @Test("The page of the sample is as written here")
    func golden() {
        let page = MetricsPage.render(.sample).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let expected = Self.golden.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(page == expected)
    }

    @Test("A backslash, a quote and a line break in a label are escaped; everything else is itself")
    func escaping() {
        var page = MetricsText()
        page.family("x", .gauge, "Help.")
        page.sample(["route": "a\\b\"c\nd é {e}", "le": "+Inf"], 1)
        #expect(page.text == "# HELP x Help.\n# TYPE x gauge\nx{route=\"a\\\\b\\\"c\\nd é {e}\",le=\"+Inf\"} 1\n")
    }

    @Test("Every family has its help, its type and a name of Weir's, once")
    func families() {
        let lines = MetricsPage.render(.sample).split(separator: "\n")
        let helps = lines.filter { $0.hasPrefix("# HELP ") }.map { $0.split(separator: " ")[2] }
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(helps == types)
        #expect(Set(helps).count == helps.count)
        #expect(helps.allSatisfy { $0.hasPrefix("weir_") })
    }

    @Test("Without routes and upstreams the page is whole all the same")
    func empty() {
        let page = MetricsPage.render(Statistics())
        #expect(page.contains("\nweir_cache_entries 0\n"))
        #expect(page.contains("\n# TYPE weir_request_duration_seconds histogram\n"))
        #expect(!page.contains("weir_redis"))
        #expect(page.hasSuffix("\n"))
    }

    private static let golden = #"""
        # HELP weir_build_info Always 1; the label has the version.
        # TYPE weir_build_info gauge
        weir_build_info{version="1.2.3"} 1
        # HELP weir_uptime_seconds Time since the start.
        # TYPE weir_uptime_seconds gauge
        weir_uptime_seconds 12.5
        # HELP weir_connections Open client connections.
        # TYPE weir_connections gauge
        weir_connections 2
        # HELP weir_connections_total Client connections, accepted or refused at a limit.
        # TYPE weir_connections_total counter
        weir_connections_total{outcome="accepted"} 7
        weir_connections_total{outcome="refused"} 1
        # HELP weir_accept_pauses_total Pauses of accepting for want of files or memory.
        # TYPE weir_accept_pauses_total counter
        weir_accept_pauses_total 6
        # HELP weir_buffer_bytes Memory held by bodies that are keys or wait to be taken, and by answers under way.
        # TYPE weir_buffer_bytes gauge
        weir_buffer_bytes 512
        # HELP weir_buffer_capacity_bytes Memory at which new requests that need some are refused.
        # TYPE weir_buffer_capacity_bytes gauge
        weir_buffer_capacity_bytes 4096
        # HELP weir_http2_connections_total Client connections that spoke HTTP/2.
        # TYPE weir_http2_connections_total counter
        weir_http2_connections_total 3
        # HELP weir_http2_connection_errors_total HTTP/2 connections ended because their client broke its rules or flooded.
        # TYPE weir_http2_connection_errors_total counter
        weir_http2_connection_errors_total 1
        # HELP weir_http2_slow_heads_total HTTP/2 connections ended because a head, or another frame but DATA, was not whole in time.
        # TYPE weir_http2_slow_heads_total counter
        weir_http2_slow_heads_total 2
        # HELP weir_http2_streams_total Requests on HTTP/2 connections.
        # TYPE weir_http2_streams_total counter
        weir_http2_streams_total 9
        # HELP weir_tls_handshakes_total TLS handshakes with clients by outcome.
        # TYPE weir_tls_handshakes_total counter
        weir_tls_handshakes_total{listener="127.0.0.1:8443",outcome="completed"} 6
        weir_tls_handshakes_total{listener="127.0.0.1:8443",outcome="failed"} 1
        # HELP weir_tls_certificate_not_after_seconds When a listener's certificate ends to be valid, in seconds of the Unix epoch.
        # TYPE weir_tls_certificate_not_after_seconds gauge
        weir_tls_certificate_not_after_seconds{listener="127.0.0.1:8443"} 1800000000
        # HELP weir_tls_certificate_reloads_total Changed certificates, used or refused.
        # TYPE weir_tls_certificate_reloads_total counter
        weir_tls_certificate_reloads_total{listener="127.0.0.1:8443",outcome="used"} 2
        weir_tls_certificate_reloads_total{listener="127.0.0.1:8443",outcome="refused"} 1
        # HELP weir_tunnels Open connections that have switched protocols.
        # TYPE weir_tunnels gauge
        weir_tunnels 3
        # HELP weir_tunnels_total Connections that have switched protocols.
        # TYPE weir_tunnels_total counter
        weir_tunnels_total 9
        # HELP weir_tunnel_bytes_total Bytes through tunnels, from clients and to them.
        # TYPE weir_tunnel_bytes_total counter
        weir_tunnel_bytes_total{direction="received"} 100
        weir_tunnel_bytes_total{direction="sent"} 200
        # HELP weir_config_generation The configuration that runs: 1 at the start.
        # TYPE weir_config_generation gauge
        weir_config_generation 3
        # HELP weir_config_generations_in_use It, and former ones with requests under way.
        # TYPE weir_config_generations_in_use gauge
        weir_config_generations_in_use 2
        # HELP weir_config_reloads_total Attempts to load another configuration.
        # TYPE weir_config_reloads_total counter
        weir_config_reloads_total{outcome="applied"} 2
        weir_config_reloads_total{outcome="refused"} 1
        # HELP weir_config_last_reload_successful 1 unless the last attempt was refused.
        # TYPE weir_config_last_reload_successful gauge
        weir_config_last_reload_successful 0
        # HELP weir_config_last_reload_success_timestamp_seconds When the one that runs was loaded.
        # TYPE weir_config_last_reload_success_timestamp_seconds gauge
        weir_config_last_reload_success_timestamp_seconds 1704067200
        # HELP weir_config_waiting_for_restart Keys whose new values wait for a restart.
        # TYPE weir_config_waiting_for_restart gauge
        weir_config_waiting_for_restart 1
        # HELP weir_requests_total Finished requests by the class of their status.
        # TYPE weir_requests_total counter
        weir_requests_total{route="/courses/{id}",status="2xx"} 3
        weir_requests_total{route="/courses/{id}",status="5xx"} 1
        # HELP weir_requests_aborted_total Requests broken off, or left by their clients.
        # TYPE weir_requests_aborted_total counter
        weir_requests_aborted_total{route="/courses/{id}"} 1
        # HELP weir_requests_refused_total Requests that were not HTTP, or that no route took.
        # TYPE weir_requests_refused_total counter
        weir_requests_refused_total 2
        # HELP weir_response_bytes_total Bytes of responses sent to clients.
        # TYPE weir_response_bytes_total counter
        weir_response_bytes_total{route="/courses/{id}"} 4096
        # HELP weir_request_duration_seconds From a request's head to the last byte of its response.
        # TYPE weir_request_duration_seconds histogram
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.0005"} 1
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.001"} 1
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.0025"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.005"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.01"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.025"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.05"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.1"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.25"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="0.5"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="1"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="2.5"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="5"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="10"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="30"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="60"} 3
        weir_request_duration_seconds_bucket{route="/courses/{id}",le="+Inf"} 4
        weir_request_duration_seconds_sum{route="/courses/{id}"} 70.0035
        weir_request_duration_seconds_count{route="/courses/{id}"} 4
        # HELP weir_cache_lookups_total Requests by how the cache served them.
        # TYPE weir_cache_lookups_total counter
        weir_cache_lookups_total{route="/courses/{id}",outcome="bypass"} 1
        weir_cache_lookups_total{route="/courses/{id}",outcome="hit"} 2
        weir_cache_lookups_total{route="/courses/{id}",outcome="miss"} 1
        # HELP weir_cache_refreshes_total Upstream calls behind hits, by their reason.
        # TYPE weir_cache_refreshes_total counter
        weir_cache_refreshes_total{route="/courses/{id}",reason="ahead"} 1
        weir_cache_refreshes_total{route="/courses/{id}",reason="stale_while_revalidate"} 0
        # HELP weir_cache_entries Stored answers.
        # TYPE weir_cache_entries gauge
        weir_cache_entries 1
        # HELP weir_cache_bytes Memory taken by stored answers, overhead included.
        # TYPE weir_cache_bytes gauge
        weir_cache_bytes 2048
        # HELP weir_cache_capacity_bytes Memory that stored answers may take.
        # TYPE weir_cache_capacity_bytes gauge
        weir_cache_capacity_bytes 1048576
        # HELP weir_cache_evictions_total Stored answers that left, by the reason.
        # TYPE weir_cache_evictions_total counter
        weir_cache_evictions_total{reason="capacity"} 0
        weir_cache_evictions_total{reason="purged"} 3
        # HELP weir_cache_softened_total Stored answers that soft purges marked as stale.
        # TYPE weir_cache_softened_total counter
        weir_cache_softened_total 2
        # HELP weir_cache_restored_entries_total Stored answers that the start has read from a snapshot.
        # TYPE weir_cache_restored_entries_total counter
        weir_cache_restored_entries_total 0
        # HELP weir_redis_lookups_total Requests by what the second tier had for them.
        # TYPE weir_redis_lookups_total counter
        weir_redis_lookups_total{outcome="hit"} 4
        weir_redis_lookups_total{outcome="miss"} 3
        weir_redis_lookups_total{outcome="skipped"} 2
        # HELP weir_redis_writes_total Answers for the second tier by what became of them.
        # TYPE weir_redis_writes_total counter
        weir_redis_writes_total{outcome="written"} 3
        weir_redis_writes_total{outcome="unwritten"} 0
        weir_redis_writes_total{outcome="outrun"} 0
        # HELP weir_redis_events_total What else came of asking and telling Redis.
        # TYPE weir_redis_events_total counter
        weir_redis_events_total{event="failed"} 1
        weir_redis_events_total{event="locked"} 3
        # HELP weir_redis_pending_bytes Bytes of answers on their way to Redis.
        # TYPE weir_redis_pending_bytes gauge
        weir_redis_pending_bytes 300
        # HELP weir_redis_subscribed 1 while every purge of other sidecars is heard of.
        # TYPE weir_redis_subscribed gauge
        weir_redis_subscribed 1
        # HELP weir_redis_purges_total Purges told to other sidecars, and applied for them.
        # TYPE weir_redis_purges_total counter
        weir_redis_purges_total{direction="sent"} 2
        weir_redis_purges_total{direction="received"} 1
        # HELP weir_redis_purges_untold Purges that wait for Redis to tell the other sidecars.
        # TYPE weir_redis_purges_untold gauge
        weir_redis_purges_untold 5
        # HELP weir_redis_doubts_total Times that all that was stored had to be validated.
        # TYPE weir_redis_doubts_total counter
        weir_redis_doubts_total 1
        # HELP weir_redis_connections Connections to Redis by state.
        # TYPE weir_redis_connections gauge
        weir_redis_connections{node="127.0.0.1:6379",state="up"} 2
        weir_redis_connections{node="127.0.0.1:6379",state="connecting"} 0
        weir_redis_connections{node="127.0.0.1:6379",state="waiting"} 0
        # HELP weir_redis_connects_total Tries to connect to Redis by outcome.
        # TYPE weir_redis_connects_total counter
        weir_redis_connects_total{outcome="opened"} 3
        weir_redis_connects_total{outcome="failed"} 6
        # HELP weir_redis_disconnects_total Connections to Redis that have ended.
        # TYPE weir_redis_disconnects_total counter
        weir_redis_disconnects_total 1
        # HELP weir_redis_breaker_state Circuit breakers: 0 closed, 1 half-open, 2 open.
        # TYPE weir_redis_breaker_state gauge
        weir_redis_breaker_state{node="127.0.0.1:6379"} 2
        # HELP weir_redis_breaker_transitions_total Changes of state of circuit breakers.
        # TYPE weir_redis_breaker_transitions_total counter
        weir_redis_breaker_transitions_total{node="127.0.0.1:6379"} 1
        # HELP weir_redis_commands_total Commands for Redis, whatever became of them.
        # TYPE weir_redis_commands_total counter
        weir_redis_commands_total 30
        # HELP weir_redis_error_replies_total Replies that are errors.
        # TYPE weir_redis_error_replies_total counter
        weir_redis_error_replies_total 1
        # HELP weir_redis_redirections_total Commands sent on to another node of a cluster.
        # TYPE weir_redis_redirections_total counter
        weir_redis_redirections_total 0
        # HELP weir_redis_errors_total Calls to Redis without a reply, by the reason.
        # TYPE weir_redis_errors_total counter
        weir_redis_errors_total{reason="closed"} 0
        weir_redis_errors_total{reason="timed_out"} 1
        # HELP weir_redis_call_duration_seconds From a call to its last reply, where it came in time.
        # TYPE weir_redis_call_duration_seconds histogram
        weir_redis_call_duration_seconds_bucket{le="0.00025"} 20
        weir_redis_call_duration_seconds_bucket{le="0.1"} 29
        weir_redis_call_duration_seconds_bucket{le="+Inf"} 29
        weir_redis_call_duration_seconds_sum 0.0145
        weir_redis_call_duration_seconds_count 29
        # HELP weir_flights Upstream calls under way that identical requests can share.
        # TYPE weir_flights gauge
        weir_flights 1
        # HELP weir_flights_total Requests that led a flight, followed one, or found it full.
        # TYPE weir_flights_total counter
        weir_flights_total{role="leader"} 5
        weir_flights_total{role="follower"} 4
        weir_flights_total{role="full"} 0
        # HELP weir_flights_overdue_total Flights without an answer in time: another was led.
        # TYPE weir_flights_overdue_total counter
        weir_flights_overdue_total 0
        # HELP weir_flights_unshared_total Requests not made to wait, since none could share.
        # TYPE weir_flights_unshared_total counter
        weir_flights_unshared_total 0
        # HELP weir_warm_requests_total Requests of warming lists by what has become of them.
        # TYPE weir_warm_requests_total counter
        weir_warm_requests_total{outcome="hit"} 1
        weir_warm_requests_total{outcome="stored"} 2
        weir_warm_requests_total{outcome="passed"} 3
        weir_warm_requests_total{outcome="failed"} 4
        # HELP weir_upstream_requests_total Ended upstream calls by service and outcome.
        # TYPE weir_upstream_requests_total counter
        weir_upstream_requests_total{upstream="app",service="other",outcome="connect"} 1
        weir_upstream_requests_total{upstream="app",service="other",outcome="success"} 2
        # HELP weir_upstream_retries_total Retries of upstream calls, made or not, by outcome.
        # TYPE weir_upstream_retries_total counter
        weir_upstream_retries_total{upstream="app",outcome="over_budget"} 1
        weir_upstream_retries_total{upstream="app",outcome="success"} 2
        # HELP weir_upstream_fallbacks_total Calls to a fallback upstream because this one failed, by outcome.
        # TYPE weir_upstream_fallbacks_total counter
        weir_upstream_fallbacks_total{upstream="app",outcome="answered"} 4
        # HELP weir_upstream_cooling_down Credentials that wait after a 429, by service.
        # TYPE weir_upstream_cooling_down gauge
        weir_upstream_cooling_down{upstream="app",service="chat"} 3
        # HELP weir_upstream_paced_total Calls that the upstream's rate limits had no room for when they came, by outcome.
        # TYPE weir_upstream_paced_total counter
        weir_upstream_paced_total{upstream="app",outcome="refused"} 1
        weir_upstream_paced_total{upstream="app",outcome="sent"} 6
        # HELP weir_upstream_paced_seconds_total How long calls have waited for room, all together.
        # TYPE weir_upstream_paced_seconds_total counter
        weir_upstream_paced_seconds_total{upstream="app"} 7.5
        # HELP weir_upstream_paced_waiting Calls that wait for room within the upstream's rate limits.
        # TYPE weir_upstream_paced_waiting gauge
        weir_upstream_paced_waiting{upstream="app"} 2
        # HELP weir_upstream_connections Open upstream connections by state.
        # TYPE weir_upstream_connections gauge
        weir_upstream_connections{upstream="app",state="active"} 1
        weir_upstream_connections{upstream="app",state="idle"} 2
        # HELP weir_upstream_pending Calls that wait for an upstream connection.
        # TYPE weir_upstream_pending gauge
        weir_upstream_pending{upstream="app"} 0
        # HELP weir_upstream_address_up 0 while an address is unhealthy, ejected or on trial after.
        # TYPE weir_upstream_address_up gauge
        weir_upstream_address_up{upstream="app",address="http://127.0.0.1:3000"} 0
        weir_upstream_address_up{upstream="app",address="http://127.0.0.1:3001"} 0
        # HELP weir_upstream_address_requests_total Calls begun, by the address they went to.
        # TYPE weir_upstream_address_requests_total counter
        weir_upstream_address_requests_total{upstream="app",address="http://127.0.0.1:3000"} 3
        weir_upstream_address_requests_total{upstream="app",address="http://127.0.0.1:3001"} 0
        # HELP weir_upstream_address_pending Calls under way or waiting, by their address.
        # TYPE weir_upstream_address_pending gauge
        weir_upstream_address_pending{upstream="app",address="http://127.0.0.1:3000"} 0
        weir_upstream_address_pending{upstream="app",address="http://127.0.0.1:3001"} 2
        # HELP weir_upstream_address_ejections_total Times that an address was ejected.
        # TYPE weir_upstream_address_ejections_total counter
        weir_upstream_address_ejections_total{upstream="app",address="http://127.0.0.1:3000"} 0
        weir_upstream_address_ejections_total{upstream="app",address="http://127.0.0.1:3001"} 1
        # HELP weir_upstream_address_checks_total Health checks by their outcome.
        # TYPE weir_upstream_address_checks_total counter
        weir_upstream_address_checks_total{upstream="app",address="http://127.0.0.1:3000",outcome="passed"} 6
        weir_upstream_address_checks_total{upstream="app",address="http://127.0.0.1:3000",outcome="failed"} 4
        # HELP weir_breaker_state Circuit breakers: 0 closed, 1 half-open, 2 open.
        # TYPE weir_breaker_state gauge
        weir_breaker_state{upstream="app",service="other"} 2
        # HELP weir_breaker_transitions_total Changes of state of circuit breakers.
        # TYPE weir_breaker_transitions_total counter
        weir_breaker_transitions_total{upstream="app",service="other"} 1
        # HELP weir_ai_tokens_total Tokens that upstream calls used; cached_prompt is part of prompt, reasoning of completion.
        # TYPE weir_ai_tokens_total counter
        weir_ai_tokens_total{model="gpt-4o-mini",kind="prompt"} 60
        weir_ai_tokens_total{model="gpt-4o-mini",kind="cached_prompt"} 20
        weir_ai_tokens_total{model="gpt-4o-mini",kind="completion"} 24
        weir_ai_tokens_total{model="gpt-4o-mini",kind="reasoning"} 10
        weir_ai_tokens_total{model="other",kind="prompt"} 7
        weir_ai_tokens_total{model="other",kind="cached_prompt"} 0
        weir_ai_tokens_total{model="other",kind="completion"} 0
        weir_ai_tokens_total{model="other",kind="reasoning"} 0
        # HELP weir_ai_cost_dollars_total What upstream calls cost, of models that have a price.
        # TYPE weir_ai_cost_dollars_total counter
        weir_ai_cost_dollars_total{model="gpt-4o-mini"} 0.0000219
        # HELP weir_ai_saved_dollars_total What calls would have cost that were not needed.
        # TYPE weir_ai_saved_dollars_total counter
        weir_ai_saved_dollars_total{model="gpt-4o-mini"} 5.00
        # HELP weir_ai_refused_total Upstream calls not made for want of an allowance, by reason.
        # TYPE weir_ai_refused_total counter
        weir_ai_refused_total{route="/courses/{id}",reason="unpriced"} 0
        weir_ai_refused_total{route="/courses/{id}",reason="user_budget"} 2
        # HELP weir_ai_items_total Items of embeddings and moderations, by where they came from.
        # TYPE weir_ai_items_total counter
        weir_ai_items_total{route="/courses/{id}",origin="collapsed"} 0
        weir_ai_items_total{route="/courses/{id}",origin="fetched"} 20
        weir_ai_items_total{route="/courses/{id}",origin="found"} 80
        # HELP weir_ai_batch_items Items in an upstream call for embeddings or moderations, of one request or of several.
        # TYPE weir_ai_batch_items histogram
        weir_ai_batch_items_bucket{route="/courses/{id}",le="1"} 1
        weir_ai_batch_items_bucket{route="/courses/{id}",le="2"} 1
        weir_ai_batch_items_bucket{route="/courses/{id}",le="5"} 1
        weir_ai_batch_items_bucket{route="/courses/{id}",le="10"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="20"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="50"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="100"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="200"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="500"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="1000"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="2048"} 3
        weir_ai_batch_items_bucket{route="/courses/{id}",le="+Inf"} 3
        weir_ai_batch_items_sum{route="/courses/{id}"} 20
        weir_ai_batch_items_count{route="/courses/{id}"} 3
        # HELP weir_ai_prompt_tokens_saved_total What economy has taken out of prompts, about.
        # TYPE weir_ai_prompt_tokens_saved_total counter
        weir_ai_prompt_tokens_saved_total{route="/courses/{id}"} 12
        # HELP weir_ai_budget_dollars A route's budget for the day; of each user, or of the route.
        # TYPE weir_ai_budget_dollars gauge
        weir_ai_budget_dollars{route="/v1/chat/completions",scope="user"} 2.50
        # HELP weir_ai_budget_spent_dollars What of it is spent today, by all users together.
        # TYPE weir_ai_budget_spent_dollars gauge
        weir_ai_budget_spent_dollars{route="/v1/chat/completions",scope="user"} 0.00

        """#
}
