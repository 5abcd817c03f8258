import WeirProxy

extension Section<PopularSettings> {
    static let popular = Section(keys: [
        Key("keys", .count(0...10_000), \.keys, "Keys that each event loop counts, some 300 bytes each; 0: none."),
        Key(
            "requests",
            .boolean,
            \.keepsRequests,
            "Keep their requests too, without credentials, so that `weir popular --export` makes a warming list of them. They "
                + "hold what users have written."
        ),
        Key("memory", .size(0...1 << 30), \.memory, "What these requests may take; what has no room is not kept."),
    ])
}
