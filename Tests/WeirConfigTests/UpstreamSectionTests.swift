import NIOCore
import Testing
import WeirConfig
import WeirProxy
import WeirUpstream

/// What stands under `upstreams`.
@Suite struct UpstreamSectionTests {
    @Test("Several addresses, their ejection, their checks and their names go to their settings")
    func addresses() throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app:
                urls:
                  - http://a.example/base/
                  - http://b.example:81/base
                ejection: {failures: 2, time: 10m}
                health: {path: "/up?x=1", interval: 1s, timeout: 2s, healthy: 3, unhealthy: 4, status: 204}
                dns: {ttl: 5s, keep: 6m}
              one:
                urls: http://c.example
                health: {path: /}
            routes: [{path: /, upstream: app}]
            """
        )
        #expect(
            configuration.proxy.upstreams == [
                UpstreamSettings(
                    name: "app",
                    url: UpstreamURL(scheme: .http, host: "a.example", basePath: "/base"),
                    otherURLs: [UpstreamURL(scheme: .http, host: "b.example", port: 81, basePath: "/base")],
                    ejection: EjectionSettings(failures: 2, time: .minutes(10), timeMax: .minutes(10)),
                    health: HealthSettings(
                        path: "/up?x=1",
                        interval: .seconds(1),
                        timeout: .seconds(2),
                        healthy: 3,
                        unhealthy: 4,
                        status: 204
                    ),
                    dns: DNSSettings(ttl: .seconds(5), keep: .minutes(6))
                ),
                UpstreamSettings(
                    name: "one",
                    url: UpstreamURL(scheme: .http, host: "c.example"),
                    health: HealthSettings(path: "/")
                ),
            ]
        )
    }

    @Test("Every key of an upstream goes to its setting")
    func upstream() throws {
        let configuration = try Sample.read(
            """
            upstreams:
              a_B-1:
                url: HTTPS://Example.com:8443/base/path/
                host: preserve
                headers: {X-One: "1", x-two: two words}
                timeouts: {connect: 1s, first_byte: 2s, idle: 3s, total: 4s}
                pool: {max: 1, pending: 0, pending_wait: 2s, idle: 3s}
                breaker: {failures: 1, rate: 12.5%, volume: 2, window: 3s, open: 10m}
                retry:
                  attempts: 3
                  budget: 10%
                  budget_min: 0
                  backoff: 5ms
                  backoff_max: 1s
                  max_wait: 0s
                  max_body: 1KiB
                cool_down: {first: 2s, max: 4s, retry_after_max: 1m, entries: 5}
            routes: [{path: /, upstream: a_B-1}]
            """
        )
        let upstream = try #require(configuration.proxy.upstreams.first)
        #expect(
            upstream
                == UpstreamSettings(
                    name: "a_B-1",
                    url: UpstreamURL(scheme: .https, host: "example.com", port: 8443, basePath: "/base/path"),
                    host: .preserve,
                    headers: [(name: "X-One", value: "1"), (name: "x-two", value: "two words")],
                    timeouts: UpstreamTimeouts(
                        connect: .seconds(1),
                        firstByte: .seconds(2),
                        idle: .seconds(3),
                        total: .seconds(4)
                    ),
                    pool: PoolSettings(max: 1, pending: 0, pendingWait: .seconds(2), idle: .seconds(3)),
                    breaker: BreakerSettings(
                        failures: 1,
                        rate: 0.125,
                        volume: 2,
                        window: .seconds(3),
                        open: .minutes(10),
                        openMax: .minutes(10)
                    ),
                    retry: RetrySettings(
                        attempts: 3,
                        budget: 0.1,
                        budgetMin: 0,
                        backoff: .milliseconds(5),
                        backoffMax: .seconds(1),
                        maxWait: .zero,
                        maxBody: 1 << 10
                    ),
                    coolDown: CoolDownSettings(
                        first: .seconds(2),
                        max: .seconds(4),
                        retryAfterMax: .minutes(1),
                        entries: 5
                    )
                )
        )
    }

    @Test("A service's breaker says what differs from the default one")
    func breakers() throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app:
                url: http://127.0.0.1:3000
                breaker:
                  chat: {open: 60s}
                  default: {failures: 3, rate: 100%}
            routes: [{path: /, upstream: app}]
            """
        )
        let upstream = try #require(configuration.proxy.upstreams.first)
        #expect(upstream.breaker == BreakerSettings(failures: 3, rate: 1))
        #expect(upstream.breakerByService == [.chat: BreakerSettings(failures: 3, rate: 1, open: .seconds(60))])
    }

    @Test(
        "A service that nothing is said of has the breaker that is usual for it; one for all is for all",
        arguments: [
            ("", [5, 10, 15, 3, 5], [60, 30, 20, 120, 30]),
            ("breaker: {chat: {failures: 2}}", [2, 10, 15, 3, 5], [60, 30, 20, 120, 30]),
            ("breaker: {embeddings: {open: 1s}}", [5, 10, 15, 3, 5], [60, 1, 20, 120, 30]),
            ("breaker: {open: 7s}", [5, 5, 5, 5, 5], [7, 7, 7, 7, 7]),
            ("breaker: {default: {failures: 9}, chat: {open: 7s}}", [9, 9, 9, 9, 9], [7, 30, 30, 30, 30]),
        ] as [(String, [Int], [Int64])]
    )
    func usualBreakers(text: String, failures: [Int], open: [Int64]) throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app:
                url: http://127.0.0.1:3000
                \(text)
            routes: [{path: /, upstream: app}]
            """
        )
        let upstream = try #require(configuration.proxy.upstreams.first)
        let breakers = Service.allCases.map { upstream.breakerSettings(of: $0) }
        #expect(breakers.map(\.failures) == failures)
        #expect(breakers.map(\.open) == open.map { .seconds($0) })
    }

    @Test(
        "Pacing is on unless it is switched off, and has bounds",
        arguments: [
            ("", PaceSettings()), ("pace: true", PaceSettings()), ("pace: false", PaceSettings(isOn: false)),
            (
                "pace: {max_wait: 3s, pending: 7, reset_max: 1m, entries: 9}",
                PaceSettings(maxWait: .seconds(3), pending: 7, resetMax: .seconds(60), entries: 9)
            ),
        ]
    )
    func pace(text: String, settings: PaceSettings) throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app:
                url: http://127.0.0.1:3000
                \(text)
            routes: [{path: /, upstream: app}]
            """
        )
        #expect(configuration.proxy.upstreams.first?.pace == settings)
    }
}
