import NIOCore
import Testing
import WeirCache
import WeirConfig
import WeirOpenAI
import WeirProxy
import WeirUpstream

/// What stands under `routes`, costs aside.
@Suite struct RouteSectionTests {
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
                batch: {size: 20, wait: 5ms}
                economy: {minify_json: true, replace: {"as an AI": "", b: c}}
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
                    batch: BatchSettings(size: 20, wait: .milliseconds(5)),
                    economy: PromptEconomySettings(
                        minifiesJSON: true,
                        replacements: [.init(find: "as an AI", with: ""), .init(find: "b", with: "c")]
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
