import NIOCore
import WeirUpstream

extension Section<PaceSettings> {
    fileprivate static let pace = Section(keys: [
        Key(
            "max_wait",
            .duration(atLeast: .nanoseconds(0)),
            optional: \.maxWait,
            fallback: "`pool.pending_wait`",
            "How long a call may wait for room; what has none by then is a 429 with `Retry-After`, without a call."
        ),
        Key("pending", .count(0...1_000_000), \.pending, "Calls that wait for room at once; one more gets that 429."),
        Key(
            "reset_max",
            .duration(),
            \.resetMax,
            "For how long at most is gone by what an answer has said; limits of a day are asked about again after this."
        ),
        Key(
            "entries",
            .count(1...1_000_000),
            \.entries,
            "Credentials, by service and model, whose limits are remembered at once."
        ),
    ])
}

extension Key<UpstreamDraft> {
    static let pace = Key(
        name: "pace",
        outline: { draft in
            Outline(
                name: "pace",
                type: "mapping",
                fallback: "",
                summary:
                    "AI calls that the upstream would refuse, by what its answers say in `x-ratelimit-*`, wait until it "
                    + "would not: `true` (as where nothing is said), `false`, or a mapping, which is `true`. For requests whose body Weir reads as a "
                    + "whole; an upstream that says nothing is not waited for.",
                shape: .section(Section.pace.outlines(draft.settings.pace), later: [])
            )
        },
        read: { node, draft, reading in
            if case .mapping = node.content {
                Section.pace.read(node, into: &draft.settings.pace, &reading)
            } else if let isOn = reading.value(of: node, .boolean) {
                draft.settings.pace.isOn = isOn
            }
        }
    )
}
