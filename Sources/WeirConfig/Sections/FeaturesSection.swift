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
        Key(
            name: "batching",
            outline: { _ in
                Outline(
                    name: "batching",
                    type: "boolean",
                    fallback: "false",
                    summary: "Not available in this version: only `false` is accepted."
                )
            },
            read: { node, _, reading in
                guard reading.value(of: node, .boolean) == true else { return }
                reading.report(
                    "'batching' is not available in this version: leave it out or set it to false",
                    at: node.place
                )
            }
        ),
    ])
}
