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
}
