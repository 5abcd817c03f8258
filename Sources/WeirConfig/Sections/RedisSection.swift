import NIOCore
import WeirProxy
import WeirRedis
import WeirTier
import WeirUpstream

extension Section<TierSettings> {
    static let redis = Section(keys: [
        .url,
        .cluster,
        .caFile,
        Key(
            "prefix",
            .redisPrefix,
            \.prefix,
            "What all names in Redis begin with. Sidecars that share answers have it in common, and mean the same by the "
                + "names of their upstreams."
        ),
        Key(
            "max_object",
            .size(1 << 10...64 << 20),
            \.maxObject,
            "The largest answer that is written, its head included."
        ),
        Key("max_lifetime", .duration(atLeast: .seconds(1)), \.maxLifetime, "The longest that Redis keeps an answer."),
        Key(
            "timeout",
            .duration(atLeast: .milliseconds(1), atMost: .seconds(1)),
            \.patience,
            "What a request may lose to a Redis that does not answer."
        ),
        Key(
            "connect_timeout",
            .duration(atLeast: .milliseconds(1), atMost: .seconds(10)),
            \.redis.connectTimeout,
            "For a connection, TLS and password included; no request waits for it."
        ),
        Key(
            "connections",
            .count(1...64),
            \.redis.connections,
            "For each event loop and node; commands are pipelined."
        ),
        Key(
            "pending",
            .size(64 << 10...1 << 30),
            \.pending,
            "Bytes of answers on their way to Redis, at least `max_object`; more are not written."
        ),
        Key(
            "lock",
            .duration(atLeast: .nanoseconds(0), atMost: .minutes(1)),
            \.lock,
            "How long a sidecar that has died keeps the others from fetching what it was fetching; at least 100ms. 0s: "
                + "sidecars do not wait for each other."
        ),
        Key(
            "recheck",
            .duration(atLeast: .nanoseconds(0), atMost: .hours(365 * 24)),
            \.recheck,
            "While other sidecars' purges are not heard of: how long after its last fetch or validation an answer in "
                + "memory is used as it is."
        ),
        Key(
            "max_purges",
            .count(100...500_000),
            \.maxPurges,
            "Purges remembered; answers in Redis from before the oldest are not used."
        ),
        .breaker,
    ])

    /// What a section says of Redis as a whole; nil where the URL is there and empty, as one of a variable may be.
    fileprivate func readWhole(_ node: Node, _ reading: inout Reading) -> TierSettings? {
        guard case .mapping(let members) = node.content else {
            reading.report("expected a URL or a mapping, found \(node.found)", at: node.place)
            return nil
        }
        var tier = TierSettings.unplaced
        read(node, into: &tier, &reading)
        let places = members.filter { ["url", "cluster"].contains($0.key) }
        let given = places.filter { !reading.items(of: $0.value).allSatisfy(\.isUnset) }
        if places.isEmpty { reading.report("missing 'url'", at: node.place) }
        if given.count > 1 { reading.report("'url' and 'cluster' cannot both be given", at: given[1].keyPlace) }
        check(node, &tier, &reading)
        return given.isEmpty ? nil : tier
    }

    /// What one key alone cannot tell.
    private func check(_ node: Node, _ tier: inout TierSettings, _ reading: inout Reading) {
        func given(_ name: String) -> Node? { node.member(name).flatMap { $0.isUnset ? nil : $0 } }
        if tier.pending < tier.maxObject {
            if let pending = given("pending") {
                let shown = SizeUnit.format(tier.maxObject)
                reading.report("'pending' is smaller than 'max_object' (\(shown))", at: pending.place)
            }
            tier.pending = tier.maxObject
        }
        // What nobody waits for has no less time.
        tier.redis.timeout = max(tier.redis.timeout, tier.patience)
        if tier.lock > .zero, tier.lock < .milliseconds(100), let lock = given("lock") {
            reading.report("expected 0s, or a duration of at least 100ms, found \(lock.found)", at: lock.place)
        }
        if !tier.redis.isSecure, let file = given("ca_file") {
            reading.warn("'ca_file' is of no use without 'rediss://'", at: file.place)
        }
    }
}

extension TierSettings {
    fileprivate static var unplaced: TierSettings {
        TierSettings(redis: RedisSettings(place: .single(RedisEndpoint(host: "127.0.0.1"))))
    }

    /// Takes from a URL what it says: servers, user, password, database, TLS.
    fileprivate mutating func take(_ url: RedisSettings) {
        redis.place = url.place
        redis.username = url.username
        redis.password = url.password
        redis.database = url.database
        redis.isSecure = url.isSecure
    }
}

extension Key<ProxySettings> {
    /// A mapping; a URL in its place is its `url`.
    static let redis = Key(
        name: "redis",
        outline: { _ in
            Outline(
                name: "redis",
                type: "URL or mapping",
                fallback: "none",
                summary: "A Redis or Valkey that sidecars share as a second tier behind their memory.",
                shape: .shorthand(for: "url", Section.redis.outlines(.unplaced))
            )
        },
        read: { node, settings, reading in settings.tier = Section.redis.readWhole(node, &reading) }
    )
}

extension Key<TierSettings> {
    fileprivate static let url = Key(
        name: "url",
        outline: { _ in
            Outline(
                name: "url",
                type: "URL",
                fallback: "required, or `cluster`",
                summary: "`redis://[[user]:password@]host[:port][/database]`; `rediss://` with TLS. Empty: there is no "
                    + "Redis."
            )
        },
        read: { node, tier, reading in
            if let url = reading.value(of: node, .redisURL) { tier.take(url) }
        }
    )

    fileprivate static let cluster = Key(
        name: "cluster",
        outline: { _ in
            Outline(
                name: "cluster",
                type: "list of URLs",
                fallback: "none",
                summary: "In place of `url`: nodes of a Redis Cluster, from which the others are learnt.",
                shape: .list
            )
        },
        read: { node, tier, reading in
            var urls: [RedisSettings] = []
            for item in reading.items(of: node) {
                guard let url = reading.value(of: item, .redisURL) else { continue }
                if let problem = url.problem(beside: urls) { reading.report(problem, at: item.place) }
                urls.append(url)
            }
            if case .sequence(let items) = node.content, items.isEmpty {
                reading.report("expected at least one URL", at: node.place)
            }
            guard let first = urls.first else { return }
            tier.take(first)
            tier.redis.place = .cluster(urls.flatMap(\.endpoints))
        }
    )

    fileprivate static let caFile = Key.authorities(
        \.redis.caFile,
        "A PEM file of the certificate authorities to trust with `rediss://`, instead of the system's. A "
            + "relative path starts at this file's folder."
    )

    fileprivate static let breaker = Key(
        name: "breaker",
        outline: { tier in
            Outline(
                name: "breaker",
                type: "mapping",
                fallback: "",
                summary: "When Redis is left alone for a while, each node of a cluster by itself.",
                shape: .section(Section.breaker.outlines(tier.redis.breaker), later: [])
            )
        },
        read: { node, tier, reading in Section.breaker.readWhole(node, into: &tier.redis.breaker, &reading) }
    )
}

extension RedisSettings {
    fileprivate var endpoints: [RedisEndpoint] {
        switch place {
        case .single(let endpoint): [endpoint]
        case .cluster(let endpoints): endpoints
        }
    }

    /// Why it cannot stand behind these in one cluster. Shows nothing that may be a password.
    fileprivate func problem(beside others: [RedisSettings]) -> String? {
        if database != 0 { return "a cluster has no database but 0" }
        if let twice = endpoints.first(where: { endpoint in others.contains { $0.endpoints.contains(endpoint) } }) {
            return "\(twice) is given twice"
        }
        guard let first = others.first else { return nil }
        if isSecure != first.isSecure { return "all nodes of a cluster have one scheme" }
        if (username, password) != (first.username, first.password) {
            return "all nodes of a cluster have one user and password"
        }
        return nil
    }
}

extension ValueType<RedisSettings> {
    /// Not shown in errors: it may hold a password.
    fileprivate static let redisURL = ValueType(
        name: "URL",
        expected: "a URL such as redis://127.0.0.1:6379/0",
        isSecret: true,
        parse: { text throws(ValueError) in
            do throws(RedisURLError) {
                return try RedisSettings.parse(url: text)
            } catch {
                throw .other(error.description)
            }
        },
        format: { _ in "" }
    )
}

extension ValueType<String> {
    fileprivate static let redisPrefix = text(
        name: "prefix",
        expected: "up to 64 letters, digits and the signs '-', '_', '.' and ':'",
        isValid: { text in
            !text.isEmpty && text.utf8.count <= 64
                && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0)) }
        }
    )
}
