/// What can be switched off as a whole or for one route.
package struct Features: Sendable, Equatable {
    package var cache = true
    package var etag = true
    package var gzip = true
    package var dedupe = true
    package var breaker = true
    package var batching = true

    package init(
        cache: Bool = true,
        etag: Bool = true,
        gzip: Bool = true,
        dedupe: Bool = true,
        breaker: Bool = true,
        batching: Bool = true
    ) {
        self.cache = cache
        self.etag = etag
        self.gzip = gzip
        self.dedupe = dedupe
        self.breaker = breaker
        self.batching = batching
    }

    /// What is on both here and there: a feature that is off as a whole is off for every route.
    package func intersection(_ other: Features) -> Features {
        Features(
            cache: cache && other.cache,
            etag: etag && other.etag,
            gzip: gzip && other.gzip,
            dedupe: dedupe && other.dedupe,
            breaker: breaker && other.breaker,
            batching: batching && other.batching
        )
    }
}
