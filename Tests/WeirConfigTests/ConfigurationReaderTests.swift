import NIOCore
import Testing
import WeirAdmin
import WeirCache
import WeirConfig
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirProxy
import WeirUpstream

@Suite struct ConfigurationReaderTests {
    @Test("Prices are added to those that Weir comes with, or stand in place of them")
    func prices() throws {
        let text = """
            prices:
              gpt-4o-mini: {input: 0.30, output: 1.20}
              llama-3: {input: 0.1, cached_input: 0.05, cache_write: 0.2, output: 0}
            """
        #expect(try Sample.read(Sample.least).proxy.prices == .builtIn)
        let prices = try Sample.read(text + "\n" + Sample.least).proxy.prices
        let mini = try #require(prices.price(of: "gpt-4o-mini-2024-07-18"))
        #expect(mini.input.perMillion.dollars == "0.30")
        #expect(mini.cachedInput == mini.input)
        #expect(mini.output.perMillion.dollars == "1.20")
        let own = try #require(prices.price(of: "llama-3"))
        #expect(own.cachedInput.perMillion.dollars == "0.05")
        #expect(own.cacheWrite.perMillion.dollars == "0.20")
        #expect(own.output == .free)
        #expect(prices.price(of: "gpt-4o") == PriceTable.builtIn.price(of: "gpt-4o"))
    }

    @Test("What a route lets its users and credentials use is read as it is written")
    func allowances() throws {
        let text =
            Sample.least + """
                    budget: {user_daily: 2.50, route_daily: 100, users: 7, unpriced: pass}
                    rate_limit: {user: {requests: 60}, credential: {requests: 600, tokens: 100000}, entries: 9}
                """
        let route = try #require(try Sample.read(text).proxy.routes.first)
        #expect(
            route.budget
                == BudgetSettings(
                    userDaily: Money(dollars: "2.5"),
                    routeDaily: Money(dollars: "100"),
                    users: 7,
                    unpriced: .pass
                )
        )
        #expect(
            route.rateLimit
                == RateLimitSettings(
                    user: .init(requests: 60),
                    credential: .init(requests: 600, tokens: 100_000),
                    entries: 9
                )
        )
        let bare = try #require(try Sample.read(Sample.least).proxy.routes.first)
        #expect(bare.budget == nil)
        #expect(bare.rateLimit == nil)
    }

    @Test("What the design shows is read as it is meant")
    func design() throws {
        let configuration = try Sample.read(Sample.design, ["OPENAI_API_KEY": "sk-1"])
        let app = UpstreamSettings(
            name: "app",
            url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: 3000),
            breaker: BreakerSettings(failures: 5, open: .seconds(30))
        )
        let openai = UpstreamSettings(
            name: "openai",
            url: UpstreamURL(scheme: .https, host: "api.openai.com"),
            headers: [(name: "Authorization", value: "Bearer sk-1")],
            breakerByService: [
                .chat: BreakerSettings(failures: 5, open: .seconds(60)),
                .embeddings: BreakerSettings(failures: 10, open: .seconds(30)),
                .fineTuning: BreakerSettings(failures: 3, open: .seconds(120)),
                .moderations: BreakerSettings(failures: 15, open: .seconds(20)),
            ]
        )
        #expect(configuration.proxy.upstreams == [app, openai])
        #expect(
            configuration.proxy.routes == [
                RouteSettings(
                    path: "/v1/chat/completions",
                    upstream: "openai",
                    cache: RouteCacheSettings(
                        mode: .persona,
                        ttl: .hours(24),
                        personalisedTTL: .hours(1),
                        staleIfError: .hours(24)
                    )
                ),
                RouteSettings(
                    path: "/v1/embeddings",
                    upstream: "openai",
                    cache: RouteCacheSettings(
                        mode: .persona,
                        ttl: .hours(168),
                        personalisedTTL: .hours(168),
                        staleIfError: .hours(24)
                    )
                ),
                RouteSettings(path: "/v1", upstream: "openai"),
                RouteSettings(
                    path: "/courses/{id}",
                    upstream: "app",
                    cache: RouteCacheSettings(mode: .http, tags: ["course:{id}"]),
                    invalidatesOnWrite: ["course:{id}", "courses:list"]
                ),
                RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http)),
            ]
        )
        #expect(configuration.proxy.persona == PersonaSettings())
        #expect(configuration.proxy.cache == CacheSettings())
        #expect(configuration.admin == AdminSettings())
        #expect(configuration.log == LogSettings())
    }

    @Test("What is not given has its default, and there is an event loop a core")
    func least() throws {
        let configuration = try Sample.read(Sample.least)
        #expect(
            configuration
                == Configuration(
                    proxy: ProxySettings(
                        workers: System.coreCount,
                        upstreams: [
                            UpstreamSettings(
                                name: "app",
                                url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: 3000)
                            )
                        ],
                        routes: [RouteSettings(path: "/", upstream: "app")]
                    )
                )
        )
    }

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

    @Test("Every key at the top goes to its setting")
    func top() throws {
        let configuration = try Sample.read(
            """
            listen:
              - 0.0.0.0:80
              - "[::1]:81"
              - {address: "localhost:82"}
            workers: 3
            drain: 0s
            limits:
              connections: 1
              connections_per_address: 2
              requests_per_connection: 3
              streams: 7
              memory: 4MiB
              target: 1KiB
              head: 2KiB
              fields: 8
              chunk_extension: 0B
              tls_handshake: 5s
              head_time: 1s
              body_idle: 2s
              body_rate: 5B
              write_idle: 3s
              write_rate: 6KiB
              keep_alive: 4s
              tunnel_idle: 5s
            log: {level: warning, format: json}
            admin: {listen: "0.0.0.0:9091", token: secret}
            cache:
              memory: 1GiB
              max_object: 1MiB
              max_variants: 2
              max_tags: 3
              max_followers: 4
              uncacheable: 5s
              max_uncacheable: 6
            user: {body: /metadata/a~1b~0c}
            persona:
              interests: {header: X-I}
              learning_style: {}

            """ + Sample.least
        )
        let proxy = configuration.proxy
        #expect(
            proxy.listen.map(\.address) == [
                ListenAddress(host: "0.0.0.0", port: 80), ListenAddress(host: "::1", port: 81),
                ListenAddress(host: "localhost", port: 82),
            ]
        )
        #expect(proxy.workers == 3)
        #expect(proxy.drain == .zero)
        #expect(
            proxy.limits
                == ConnectionLimits(
                    connections: 1,
                    connectionsPerAddress: 2,
                    requestsPerConnection: 3,
                    streams: 7,
                    memory: 4 << 20,
                    head: HeadLimits(target: 1024, head: 2048, fields: 8, chunkExtension: 0),
                    tlsHandshake: .seconds(5),
                    headTime: .seconds(1),
                    bodyIdle: .seconds(2),
                    bodyRate: 5,
                    writeIdle: .seconds(3),
                    writeRate: 6 << 10,
                    keepAlive: .seconds(4),
                    tunnelIdle: .seconds(5)
                )
        )
        #expect(configuration.log == LogSettings(level: .warning, format: .json))
        #expect(configuration.admin.listen == ListenAddress(host: "0.0.0.0", port: 9091))
        #expect(configuration.admin.token == "secret")
        #expect(
            proxy.cache
                == CacheSettings(
                    memory: 1 << 30,
                    maxObject: 1 << 20,
                    maxVariants: 2,
                    maxTags: 3,
                    maxFollowers: 4,
                    uncacheable: .seconds(5),
                    maxUncacheable: 6
                )
        )
        #expect(proxy.persona.user == ValueSource(claim: ["sub"], body: ["metadata", "a/b~c"]))
        #expect(proxy.persona.sources[.interests] == ValueSource(claim: ["interests"], header: "X-I"))
        #expect(proxy.persona.sources[.learningStyle] == nil)
        #expect(proxy.persona.sources[.contentDensity] == PersonaSettings.defaultSources[.contentDensity])
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

    @Test(
        "A fallback is the name of an upstream, or a mapping",
        arguments: [
            ("other", FallbackSettings(upstream: "other")),
            ("{upstream: other}", FallbackSettings(upstream: "other")),
            (
                "{upstream: other, models: {gpt-4o: 'my \"model\"', b: c}, credentials: pass}",
                FallbackSettings(
                    upstream: "other",
                    models: ["gpt-4o": "my \"model\"", "b": "c"],
                    credentials: .pass
                )
            ),
        ]
    )
    func fallback(text: String, settings: FallbackSettings) throws {
        let configuration = try Sample.read(
            "upstreams: {app: {url: http://a}, other: {url: http://b}}\n"
                + "routes: [{path: /, upstream: app, fallback: \(text)}]\n"
        )
        #expect(configuration.proxy.routes.map(\.fallback) == [settings])
    }

    @Test("Every key of a route goes to its setting; features and timeouts build on those above")
    func route() throws {
        let configuration = try Sample.read(
            """
            features: {etag: false, gzip: false}
            upstreams:
              app:
                url: http://127.0.0.1:3000
                timeouts: {connect: 1s, total: 1m}
            routes:
              - timeouts: {first_byte: 5s}
                features: {gzip: true, breaker: false}
                path: /a/{x}/b
                host: EXAMPLE.com
                methods: POST
                upstream: app
                service: fine_tuning
                max_body: 1MiB
                max_keyed_body: 2MiB
                forward_persona: true
                cache:
                  mode: persona
                  ttl: 2h
                  personalised_ttl: 1h
                  max_ttl: 3h
                  scope: shared
                  namespace: n
                  tags: ["t:{x}", u]
                  stale_while_revalidate: 0s
                  stale_if_error: 1m
                  finish: cancel
                  leader_age: 30s
                  store: {finish_reasons: [stop, length]}
                on_write: {invalidate: "t:{x}"}
            """
        )
        let route = try #require(configuration.proxy.routes.first)
        #expect(
            route
                == RouteSettings(
                    path: "/a/{x}/b",
                    host: "example.com",
                    methods: ["POST"],
                    upstream: "app",
                    service: .fineTuning,
                    maxBody: 1 << 20,
                    maxKeyedBody: 2 << 20,
                    timeouts: UpstreamTimeouts(connect: .seconds(1), firstByte: .seconds(5), total: .minutes(1)),
                    features: Features(etag: false, gzip: false, breaker: false),
                    cache: RouteCacheSettings(
                        mode: .persona,
                        ttl: .hours(2),
                        personalisedTTL: .hours(1),
                        maxTTL: .hours(3),
                        scope: .shared,
                        namespace: "n",
                        tags: ["t:{x}", "u"],
                        staleWhileRevalidate: .zero,
                        staleIfError: .minutes(1),
                        finish: .cancel,
                        leaderAge: .seconds(30),
                        storedFinishReasons: ["stop", "length"]
                    ),
                    invalidatesOnWrite: ["t:{x}"],
                    forwardPersona: true
                )
        )
    }

    @Test("What a route in mode http keeps beyond what its answers say")
    func httpCache() throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app: {url: "http://127.0.0.1:8000"}
            routes:
              - path: /
                upstream: app
                cache: {mode: http, heuristic: 10%, negative: {404: 10s, 503: 500ms}, ignore_client: no-cache}
            """
        )
        let cache = try #require(configuration.proxy.routes.first?.cache)
        #expect(cache.heuristic == 0.1 && cache.negative == [404: .seconds(10), 503: .milliseconds(500)])
        #expect(cache.ignoredDirectives == [.noCache])
    }

    @Test(
        "When an answer is fetched anew ahead of its end: a share of its life, or more",
        arguments: [
            ("20%", RefreshAheadSettings(left: 0.2)), ("{}", RefreshAheadSettings()),
            ("{hits: 5}", RefreshAheadSettings(hits: 5)),
            ("{left: 50%, hits: 1, pause: 1m}", RefreshAheadSettings(left: 0.5, hits: 1, pause: .minutes(1))),
            ("", nil),
        ]
    )
    func refreshAhead(text: String, expected: RefreshAheadSettings?) throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app: {url: "http://127.0.0.1:8000"}
            routes:
              - path: /
                upstream: app
                cache: {mode: http, refresh_ahead: \(text)}
                on_write: {invalidate: [a], soft: true}
            """
        )
        let route = try #require(configuration.proxy.routes.first)
        #expect(route.cache.refreshAhead == expected)
        #expect(route.softensOnWrite && route.invalidatesOnWrite == ["a"])
    }

    @Test(
        "Streams are replayed at once unless the route says otherwise",
        arguments: [
            ("{mode: persona}", RouteCacheSettings.Replay.instant), ("{mode: persona, replay: instant}", .instant),
            ("{mode: persona, replay: recorded}", .recorded),
            ("{mode: persona, replay: {tokens_per_second: 80}}", .tokensPerSecond(80)),
        ]
    )
    func replay(cache: String, expected: RouteCacheSettings.Replay) throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app: {url: "http://127.0.0.1:8000"}
            routes:
              - path: /
                upstream: app
                cache: \(cache)
            """
        )
        #expect(configuration.proxy.routes.first?.cache.replay == expected)
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

    @Test(
        "A persona route that does not say how long its answers live",
        arguments: [
            ("mode: persona", 24, 1),
            ("mode: persona, ttl: 48h", 48, 48),
            ("mode: persona, personalised_ttl: 2h", 24, 2),
        ] as [(String, Int64, Int64)]
    )
    func lifetimes(cache: String, ttl: Int64, personalised: Int64) throws {
        let text = Sample.least + "    cache: {\(cache)}\n"
        let route = try #require(try Sample.read(text).proxy.routes.first)
        #expect(route.cache.ttl == .hours(ttl))
        #expect(route.cache.personalisedTTL == .hours(personalised))
        #expect(route.cache.maxTTL == nil)
        #expect(route.cache.staleIfError == .hours(24))
    }

    @Test(
        "Routes that share a path and can be told apart are no duplicates",
        arguments: [
            "methods: [POST]", "host: example.com", "methods: [GET]\n    host: example.com",
        ]
    )
    func distinct(more: String) throws {
        let text = Sample.least + "  - path: /\n    upstream: app\n    \(more)\n"
        #expect(try Sample.read(text).proxy.routes.count == 2)
    }
}
