import Foundation
import NIOCore
import Testing
import WeirProxy
import WeirRedis
import WeirTesting
import WeirTier
import WeirUpstream

@testable import WeirConfig

@Suite("cache.redis") struct RedisSectionTests {
    private static func tier(_ cache: String, _ environment: [String: String] = [:]) throws -> TierSettings? {
        try Sample.read("cache:\n  \(cache)\n" + Sample.least, environment).proxy.tier
    }

    private static func problems(_ cache: String, _ environment: [String: String] = [:]) -> [String] {
        Sample.problems("cache:\n  \(cache)\n" + Sample.least, environment)
    }

    private static func single(_ host: String, _ port: Int = 6379) -> RedisSettings {
        RedisSettings(place: .single(RedisEndpoint(host: host, port: port)))
    }

    // MARK: What is read

    @Test("A URL alone is all that is needed")
    func url() throws {
        let tier = try Self.tier("redis: redis://cache.test:6380/3")
        var redis = Self.single("cache.test", 6380)
        redis.database = 3
        #expect(tier == TierSettings(redis: redis))
    }

    @Test("A URL says user, password and TLS, and a mapping says the same with `url`")
    func credentials() throws {
        var redis = Self.single("cache.test")
        redis.username = "weir"
        redis.password = "p@ss"
        redis.isSecure = true
        for cache in ["redis: rediss://weir:p%40ss@cache.test", "redis: {url: \"rediss://weir:p%40ss@cache.test\"}"] {
            #expect(try Self.tier(cache) == TierSettings(redis: redis))
        }
    }

    @Test("Every key is read")
    func mapping() throws {
        let tier = try Self.tier(
            """
            redis:
                url: redis://127.0.0.1
                prefix: team-a
                max_object: 2MiB
                max_lifetime: 1h
                timeout: 5ms
                connect_timeout: 1s
                connections: 2
                pending: 4MiB
                lock: 3s
                recheck: 5s
                max_purges: 1000
                breaker: {failures: 3, open: 1s, open_max: 4s}
            """
        )
        var redis = Self.single("127.0.0.1")
        redis.connectTimeout = .seconds(1)
        redis.connections = 2
        redis.breaker = BreakerSettings(failures: 3, open: .seconds(1), openMax: .seconds(4))
        let expected = TierSettings(
            redis: redis,
            prefix: "team-a",
            maxObject: 2 << 20,
            maxLifetime: .hours(1),
            patience: .milliseconds(5),
            pending: 4 << 20,
            lock: .seconds(3),
            recheck: .seconds(5),
            maxPurges: 1000
        )
        #expect(tier == expected)
    }

    @Test("A cluster is a list of nodes with one user and password")
    func cluster() throws {
        let tier = try Self.tier("redis: {cluster: [\"rediss://:s@a:7000\", \"rediss://:s@b:7001\"]}")
        var redis = Self.single("")
        redis.place = .cluster([RedisEndpoint(host: "a", port: 7000), RedisEndpoint(host: "b", port: 7001)])
        redis.password = "s"
        redis.isSecure = true
        #expect(tier == TierSettings(redis: redis))
        #expect(try Self.tier("redis: {cluster: \"redis://a\"}")?.redis.place == .cluster([RedisEndpoint(host: "a")]))
    }

    @Test("What is not said grows with what is: `pending` with `max_object`, `open_max` with `open`")
    func growing() throws {
        let tier = try Self.tier("redis: {url: \"redis://a\", max_object: 32MiB, breaker: {open: 20s}}")
        #expect(tier?.pending == 32 << 20)
        #expect(tier?.redis.breaker.openMax == .seconds(20))
        #expect(try Self.tier("redis: {url: \"redis://a\", timeout: 5ms}")?.redis.timeout == .milliseconds(100))
        #expect(try Self.tier("redis: {url: \"redis://a\", timeout: 1s}")?.redis.timeout == .seconds(1))
    }

    @Test(
        "Without a URL, and with one that is left empty, there is no Redis",
        arguments: [
            "memory: 1MiB", "redis:", "redis: \"\"", "redis: ${REDIS_URL:-}", "redis: ${EMPTY}",
            "redis: {url: \"${REDIS_URL:-}\", prefix: team-a}", "redis: {url: , prefix: team-a}",
            "redis: {cluster: [\"${REDIS_URL:-}\", \"${EMPTY}\"]}", "redis: {url: \"${EMPTY}\", cluster: }",
        ]
    )
    func none(cache: String) throws {
        #expect(try Self.tier(cache, ["EMPTY": ""]) == nil)
    }

    @Test("An empty node of a cluster is none")
    func emptyNode() throws {
        let tier = try Self.tier("redis: {cluster: [\"redis://a\", \"${SECOND:-}\"]}")
        #expect(tier?.redis.place == .cluster([RedisEndpoint(host: "a")]))
    }

    // MARK: The environment

    @Test("The environment gives a Redis, or another one, and leaves the rest as the file has it")
    func environment() throws {
        let url = ["WEIR_CACHE_REDIS": "redis://b:1/2"]
        var redis = Self.single("b", 1)
        redis.database = 2
        for cache in [
            "memory: 1MiB", "redis:", "redis: redis://a", "redis: ${REDIS_URL:-}", "redis: {url: \"redis://a\"}",
        ] {
            #expect(try Self.tier(cache, url) == TierSettings(redis: redis))
        }
        #expect(try Self.tier("redis: {url: \"redis://a\", prefix: p}", url)?.prefix == "p")
        #expect(try Self.tier("redis: {url: \"redis://a\"}", ["WEIR_CACHE_REDIS_URL": "redis://b:1/2"])?.redis == redis)
        #expect(try Self.tier("redis: redis://a", ["WEIR_CACHE_REDIS": ""])?.redis == Self.single("a"))
    }

    @Test("The environment sets a key beside a URL that stands alone")
    func besides() throws {
        let tier = try Self.tier(
            "redis: redis://a",
            ["WEIR_CACHE_REDIS_PREFIX": "p", "WEIR_CACHE_REDIS_BREAKER_FAILURES": "9"]
        )
        #expect(tier?.redis.place == .single(RedisEndpoint(host: "a")))
        #expect(tier?.prefix == "p" && tier?.redis.breaker.failures == 9)
    }

    @Test("The environment gives a cluster with commas")
    func clusterByEnvironment() throws {
        let tier = try Self.tier("memory: 1MiB", ["WEIR_CACHE_REDIS_CLUSTER": "redis://a, redis://b"])
        #expect(tier?.redis.place == .cluster([RedisEndpoint(host: "a"), RedisEndpoint(host: "b")]))
    }

    // MARK: Mistakes

    @Test(
        "A mistake is told with its place",
        arguments: [
            ("redis: 127.0.0.1:6379", ["2:10: expected a URL that begins with redis:// or rediss://"]),
            ("redis: http://a", ["2:10: expected a URL that begins with redis:// or rediss://"]),
            ("redis: redis://", ["2:10: expected a host in the URL, an IPv6 address in brackets"]),
            ("redis: redis://a:x", ["2:10: expected a port from 1 to 65535 behind the host's ':'"]),
            ("redis: redis://a:70000", ["2:10: expected a port from 1 to 65535 behind the host's ':'"]),
            ("redis: redis://a/b", ["2:10: expected a database's number behind the host's '/'"]),
            (
                "redis: redis://a/1?timeout=5",
                ["2:10: expected nothing behind the database's number: settings have keys of their own"]
            ),
            ("redis: [redis://a]", ["2:10: expected a URL or a mapping, found a list"]),
            ("redis: {prefix: p}", ["2:10: missing 'url'"]),
            ("redis: {ulr: redis://a}", ["2:10: missing 'url'", "2:11: unknown key 'ulr'; did you mean 'url'?"]),
            ("redis: {url: [a]}", ["2:16: expected a URL such as redis://127.0.0.1:6379/0, found a list"]),
            (
                "redis: {url: \"redis://a\", cluster: [\"redis://b\"]}",
                ["2:29: 'url' and 'cluster' cannot both be given"]
            ),
            (
                "redis: {cluster: [\"redis://b\"], url: \"redis://a\"}",
                ["2:35: 'url' and 'cluster' cannot both be given"]
            ),
            ("redis: {cluster: []}", ["2:20: expected at least one URL"]),
            ("redis: {cluster: [a]}", ["2:21: expected a URL that begins with redis:// or rediss://"]),
            ("redis: {cluster: [\"redis://a/1\"]}", ["2:21: a cluster has no database but 0"]),
            ("redis: {cluster: [\"redis://a\", \"redis://a:6379\"]}", ["2:34: a:6379 is given twice"]),
            (
                "redis: {cluster: [\"redis://a\", \"rediss://b\", \"redis://:p@c\"]}",
                [
                    "2:34: all nodes of a cluster have one scheme",
                    "2:48: all nodes of a cluster have one user and password",
                ]
            ),
            (
                "redis: {url: \"redis://a\", prefix: \"a b\"}",
                [
                    "2:37: expected up to 64 letters, digits and the signs '-', '_', '.' and ':', found 'a b'"
                ]
            ),
            (
                "redis: {url: \"redis://a\", prefix: \"{a}\"}",
                [
                    "2:37: expected up to 64 letters, digits and the signs '-', '_', '.' and ':', found '{a}'"
                ]
            ),
            ("redis: {url: \"redis://a\", timeout: 0s}", ["2:38: expected a duration of at least 1ms, found '0s'"]),
            ("redis: {url: \"redis://a\", timeout: 2s}", ["2:38: expected a duration of at most 1s, found '2s'"]),
            (
                "redis: {url: \"redis://a\", max_object: 65MiB}",
                ["2:41: expected a size of at most 64MiB, found '65MiB'"]
            ),
            (
                "redis: {url: \"redis://a\", max_object: 2MiB, pending: 1MiB}",
                ["2:56: 'pending' is smaller than 'max_object' (2MiB)"]
            ),
            (
                "redis: {url: \"redis://a\", lock: 5ms}",
                ["2:35: expected 0s, or a duration of at least 100ms, found '5ms'"]
            ),
            ("redis: {url: \"redis://a\", connections: 0}", ["2:42: expected a whole number from 1 to 64, found '0'"]),
            (
                "redis: {url: \"redis://a\", breaker: {open: 20s, open_max: 10s}}",
                ["2:60: 'open_max' is shorter than 'open' (20s)"]
            ),
            ("redis: {url: \"rediss://a\", ca_file: none.pem}", ["2:39: cannot read the file 'none.pem'"]),
        ] as [(String, [String])]
    )
    func mistakes(cache: String, problems: [String]) {
        #expect(Self.problems(cache) == problems.map { "proxy.conf:\($0)" })
    }

    @Test(
        "A mistake of the environment names its variable",
        arguments: [
            (
                "memory: 1MiB", ["WEIR_CACHE_REDIS": "x"],
                ["WEIR_CACHE_REDIS: expected a URL that begins with redis:// or rediss://"]
            ),
            (
                "redis: {cluster: [\"redis://a\"]}", ["WEIR_CACHE_REDIS": "redis://b"],
                ["WEIR_CACHE_REDIS: 'url' and 'cluster' cannot both be given"]
            ),
            ("memory: 1MiB", ["WEIR_CACHE_REDIS_PREFIX": "p"], ["WEIR_CACHE_REDIS_PREFIX: missing 'url'"]),
        ] as [(String, [String: String], [String])]
    )
    func mistakesOfEnvironment(cache: String, environment: [String: String], problems: [String]) {
        #expect(Self.problems(cache, environment) == problems)
    }

    @Test(
        "What may be a password is never shown, wherever it stands",
        arguments: [
            "redis://:hunter2@", "redis://u:hunter2@h:x", "redis://hunter2@h", "redis://u:hunter2%@h", "x://:hunter2@h",
            "redis://u:hunter2", "redis://u:p/hunter2@h:6379/0", "redis://u:1/hunter2@h", "redis://u:p#hunter2@h",
            "redis://u:p?hunter2@h", "redis://h/hunter2", "redis://:p@h/0#hunter2",
        ]
    )
    func secret(url: String) {
        for cache in ["redis: \"\(url)\"", "redis: {url: \"\(url)\"}", "redis: {cluster: [\"\(url)\", \"redis://h\"]}"]
        {
            let problems = Self.problems(cache)
            #expect(!problems.isEmpty, "\(cache)")
            #expect(!problems.contains { $0.contains("hunter2") }, "\(problems)")
        }
        #expect(!Self.problems("memory: 1MiB", ["WEIR_CACHE_REDIS": url]).contains { $0.contains("hunter2") })
    }

    @Test("Authorities are read with TLS; without it they are worth a warning")
    func authorities() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("ca.pem")
        try "-----BEGIN CERTIFICATE-----\n".write(toFile: file, atomically: true, encoding: .utf8)
        func read(_ scheme: String) throws -> Configuration {
            try Sample.read("cache:\n  redis: {url: \"\(scheme)://a\", ca_file: \(file)}\n" + Sample.least)
        }
        let secure = try read("rediss")
        #expect(secure.proxy.tier?.redis.caFile == file)
        #expect(secure.warnings == [])
        #expect(
            try read("redis").warnings.map(\.description) == [
                "proxy.conf:2:38: 'ca_file' is of no use without 'rediss://'"
            ]
        )
    }
}
