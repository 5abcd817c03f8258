import WeirLedger
import WeirProxy

extension Section<RateLimitSettings.Rates> {
    fileprivate static let rates = Section(keys: [
        Key(
            "requests",
            .count(1...1_000_000_000),
            optional: \.requests,
            fallback: "any number",
            "Requests in a minute."
        ),
        Key(
            "tokens",
            .count(1...1_000_000_000),
            optional: \.tokens,
            fallback: "any number",
            "Tokens in a minute, of input and output: estimated before a call, corrected by what it has used."
        ),
    ])
}

extension Section<RateLimitSettings> {
    fileprivate static let rateLimit = Section(keys: [
        Key(
            "user",
            .rates,
            \.user,
            "Of each user on the route. Those who do not say who they are count as one."
        ),
        Key("credential", .rates, \.credential, "Of each credential on the route. Requests without any count as one."),
        Key(
            "entries",
            .count(1...10_000_000),
            \.entries,
            "Users, and as many credentials, that are told apart at once, some 200 bytes each. Those beyond share limits "
                + "until somebody has asked for nothing for a while."
        ),
    ])
}

extension Key<RouteDraft> {
    static let rateLimit = Key(
        name: "rate_limit",
        outline: { _ in
            Outline(
                name: "rate_limit",
                type: "mapping",
                fallback: "",
                summary:
                    "What users and credentials may ask for in a minute. A minute's worth may come at once, and comes "
                    + "back evenly. Over it a call is not made: 429 `rate_limit_exceeded`.",
                shape: .section(Section.rateLimit.outlines(RateLimitSettings()), later: [])
            )
        },
        read: { node, draft, reading in
            var limit = RateLimitSettings()
            let before = reading.problems.count
            Section.rateLimit.read(node, into: &limit, &reading)
            if limit.user.isEmpty, limit.credential.isEmpty, reading.problems.count == before {
                reading.report("expected 'requests' or 'tokens' of a 'user' or a 'credential'", at: node.place)
            }
            draft.settings.rateLimit = limit
        }
    )
}
