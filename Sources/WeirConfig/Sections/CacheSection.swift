import NIOCore
import WeirCache
import WeirProxy

extension Section<ProxySettings> {
    static let cache = Section(
        keys: [
            Key(
                "memory",
                .size(64 << 10...64 << 40),
                \.cache.memory,
                "What all stored answers together may take, their overhead included."
            ),
            Key("max_object", .size(1 << 10...1 << 30), \.cache.maxObject, "The largest body that is stored."),
            Key(
                "max_variants",
                .count(1...1000),
                \.cache.maxVariants,
                "Stored answers of one URL that differ by the request fields in `Vary`."
            ),
            Key(
                "max_tags",
                .count(0...1000),
                \.cache.maxTags,
                "Tags of one stored answer; further ones are ignored. An AI request whose own (the route's, user and persona) are "
                    + "more goes past the cache."
            ),
            Key(
                "max_followers",
                .count(1...1_000_000),
                \.cache.maxFollowers,
                "Readers of one upstream call that identical requests share; one more makes a call of its own."
            ),
            Key(
                "uncacheable",
                .duration(atLeast: .nanoseconds(0)),
                \.cache.uncacheable,
                "How long it is remembered that an answer was not to be shared: meanwhile requests for it do not wait for "
                    + "each other. 0s remembers nothing."
            ),
            Key(
                "max_uncacheable",
                .count(0...10_000_000),
                \.cache.maxUncacheable,
                "Answers of which that is remembered, the latest ones."
            ),
            Key(
                "max_ranges",
                .count(0...1000),
                \.cache.maxRanges,
                "Ranges of a stored answer that one request may ask for; one that asks for more gets the whole. 0: "
                    + "everybody does."
            ),
            Key(
                "popular",
                .popular,
                \.popular,
                "The keys that are hit most, as `weir popular` and `cache/popular` list them."
            ),
            .redis,
            .snapshot,
            Key(
                "seal_key",
                .sealKey,
                optional: \.cache.sealKey,
                "What stored answers are encrypted with (AES-256-GCM) where they are kept outside of this process. What is "
                    + "not encrypted with it is not read. For instance of `openssl rand -base64 32`."
            ),
        ]
    )
}

extension Key<ProxySettings> {
    fileprivate static let snapshot = Key(
        name: "snapshot",
        outline: { _ in
            Outline(
                name: "snapshot",
                type: "file",
                fallback: "none",
                summary:
                    "Where all that is stored is written to when Weir stops, to be read, and removed, when it starts "
                    + "again. Each Weir needs a file of its own."
            )
        },
        read: { node, settings, reading in
            guard let value = reading.value(of: node, .file) else { return }
            settings.cache.snapshot = FilePath.whole(value, besides: reading.file)
        }
    )
}
