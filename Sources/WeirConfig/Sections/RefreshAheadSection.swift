import NIOCore
import WeirProxy

extension Section<RefreshAheadSettings> {
    fileprivate static let refreshAhead = Section(keys: [
        Key("left", .percentage, \.left, "The share of its life that it has left at most."),
        Key("hits", .count(1...1_000_000), \.hits, "Hits since it was stored or last validated, at least."),
        Key(
            "pause",
            .duration(atLeast: .milliseconds(1)),
            \.pause,
            "Between two attempts at one answer, so that an upstream that fails is not asked at every hit."
        ),
    ])
}

extension Key<RouteCacheDraft> {
    static let refreshAhead = Key(
        name: "refresh_ahead",
        outline: { _ in
            Outline(
                name: "refresh_ahead",
                type: "mapping",
                fallback: "",
                summary:
                    "A hit on an answer that is asked for often and has little of its life left has it fetched anew "
                    + "behind it: a percentage, which is `left`, or a mapping. Without it, nothing is. In `mode: persona` "
                    + "each costs a call to the provider.",
                shape: .section(Section.refreshAhead.outlines(RefreshAheadSettings()), later: [])
            )
        },
        read: { node, draft, reading in
            var ahead = RefreshAheadSettings()
            if case .mapping = node.content {
                Section.refreshAhead.read(node, into: &ahead, &reading)
            } else if let left = reading.value(of: node, .percentage) {
                ahead.left = left
            } else {
                return
            }
            draft.settings.refreshAhead = ahead
        }
    )
}
