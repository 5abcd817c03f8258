import WeirProxy

extension Section<Features> {
    static let features = Section(keys: [
        Key("cache", .boolean, \.cache, "Serve from the cache and store in it."),
        Key("etag", .boolean, \.etag, "Give stored answers an ETag and answer conditional requests with 304."),
        Key(
            "gzip",
            .boolean,
            \.gzip,
            "Compress answers for clients that accept it, with any of `compression.codings`."
        ),
        Key("dedupe", .boolean, \.dedupe, "Let identical requests under way share one upstream call."),
        Key("breaker", .boolean, \.breaker, "Stop calling an upstream that fails."),
        Key("batching", .boolean, \.batching, "Ask for items of several requests together, on routes with `batch`."),
    ])
}
