import WeirProxy

/// What `replay` may be as one word.
private enum ReplayWord: String, Sendable, CaseIterable { case instant, recorded }

/// `replay` as a mapping, while it is read.
private struct ReplayDraft: Sendable {
    var tokensPerSecond = 0
}

extension Section<ReplayDraft> {
    fileprivate static let replay = Section(keys: [
        Key(
            "tokens_per_second",
            .count(1...10_000),
            \.tokensPerSecond,
            required: true,
            "The events evenly, so that the answer's tokens come at this rate; an event counts as one token where its usage is "
                + "not known."
        )
    ])
}

extension Key<RouteCacheDraft> {
    static let replay = Key(
        name: "replay",
        outline: { _ in
            Outline(
                name: "replay",
                type: "word or mapping",
                fallback: "instant",
                summary:
                    "`mode: persona`: how a stream from the store is given out: at once (`instant`), with the gaps between "
                    + "its events that there were when it came, 2s each at most (`recorded`; at once where they are not "
                    + "known), or evenly (a mapping).",
                shape: .section(Section.replay.outlines(ReplayDraft()), later: [])
            )
        },
        read: { node, draft, reading in
            guard case .mapping = node.content else {
                switch reading.value(of: node, .choice(of: ReplayWord.self)) {
                case .instant: draft.settings.replay = .instant
                case .recorded: draft.settings.replay = .recorded
                case nil: break
                }
                return
            }
            var replay = ReplayDraft()
            Section.replay.read(node, into: &replay, &reading)
            if replay.tokensPerSecond > 0 { draft.settings.replay = .tokensPerSecond(replay.tokensPerSecond) }
        }
    )
}
