import NIOCore
import WeirProxy

/// A route's `cache:` while it is read.
struct RouteCacheDraft: Sendable {
    var settings = RouteCacheSettings()
    /// Checked against the path's captures once both are known.
    var tags: [Node] = []

    /// What a persona route lives by when it does not say.
    static let ttl = TimeAmount.hours(24)
    static let personalisedTTL = TimeAmount.hours(1)
    static let staleIfError = TimeAmount.hours(24)
}

extension Section<RouteCacheDraft> {
    /// A lifetime: nothing to ten years.
    fileprivate static let lifetime = ValueType.duration(atLeast: .nanoseconds(0))

    static let routeCache = Section(
        keys: [
            Key(
                "mode",
                .choice(of: RouteCacheSettings.Mode.self),
                \.settings.mode,
                "`none` passes through, `http` is a shared cache after RFC 9111, `persona` keeps AI answers by the "
                    + "reader's persona. Needed where `cache` says anything else."
            ),
            Key(
                "ttl",
                lifetime,
                optional: \.settings.ttl,
                fallback: "24h in `mode: persona`, else none",
                "In `mode: persona` the life of an answer that no persona went into; in `mode: http` the life of an "
                    + "answer that does not tell its own."
            ),
            Key(
                "personalised_ttl",
                lifetime,
                optional: \.settings.personalisedTTL,
                fallback: "`ttl` where that is given, else 1h",
                "`mode: persona`: the life of an answer that every persona dimension went into; in between, the life "
                    + "falls with each dimension."
            ),
            Key(
                "max_ttl",
                lifetime,
                optional: \.settings.maxTTL,
                fallback: "`ttl`",
                "`mode: persona`: the most that a request's `X-Weir-TTL` can ask for."
            ),
            Key("key", .cacheKey, \.settings.key, "What tells answers apart; in `mode: persona` `headers` alone."),
            Key(
                "scope",
                .choice(of: RouteCacheSettings.Scope.self),
                \.settings.scope,
                "`mode: persona`: who shares an answer: callers with one `credential`, one `user` of it, or everybody "
                    + "(`shared`)."
            ),
            Key(
                "namespace",
                .word,
                \.settings.namespace,
                fallback: "none",
                "`mode: persona`: keeps the answers of this route apart from those of others."
            ),
            .context,
            .tags,
            Key(
                "stale_while_revalidate",
                lifetime,
                optional: \.settings.staleWhileRevalidate,
                fallback: "none",
                "How long after its life an answer is served while a new one is fetched, where its own header does not "
                    + "say (RFC 5861)."
            ),
            Key(
                "stale_if_error",
                lifetime,
                optional: \.settings.staleIfError,
                fallback: "24h in `mode: persona`, else none",
                "How long after its life an answer is served when the upstream fails, where its own header does not say "
                    + "(RFC 5861)."
            ),
            .refreshAhead,
            Key(
                "heuristic",
                .percentage,
                optional: \.settings.heuristic,
                "`mode: http`: an answer that does not tell its life lives for this share of the time since it was modified, "
                    + "at most 24h (RFC 9111, 4.2.2)."
            ),
            .negative,
            Key(
                "ignore_client",
                listOf: .choice(of: RouteCacheSettings.IgnoredDirective.self),
                \.settings.ignoredDirectives,
                "`mode: http`: what clients cannot ask for: with `no-cache`, a new answer in place of one that is fresh "
                    + "(`no-cache`, `max-age=0`, `Pragma`)."
            ),
            Key(
                "finish",
                .choice(of: RouteCacheSettings.Finish.self),
                \.settings.finish,
                "`mode: persona`: what becomes of a call that every reader has left: finished and stored (`paid`) or "
                    + "given up (`cancel`)."
            ),
            .replay,
            Key(
                "leader_age",
                .duration(atLeast: .milliseconds(1)),
                optional: \.settings.leaderAge,
                fallback: "2m in `mode: persona`, else 10s",
                "How long an upstream call that identical requests share may go without an answer before one of them makes "
                    + "another, which the others wait for."
            ),
            Key("store", .store, \.settings, "Which answers are kept."),
        ]
    )

    /// What would be without effect in another mode.
    private static let personaKeys: Set<String> = [
        "personalised_ttl", "max_ttl", "scope", "namespace", "context", "finish", "replay", "store",
    ]

    private static let httpKeys: Set<String> = ["heuristic", "negative", "ignore_client"]

    /// Reads `cache:` with what follows from its mode.
    func readWhole(_ node: Node, into draft: inout RouteCacheDraft, _ reading: inout Reading) {
        read(node, into: &draft, &reading)
        let given = node.members.filter { !$0.value.isUnset }
        if !given.isEmpty, !node.members.contains(where: { $0.key == "mode" }) {
            reading.report("missing 'mode': http or persona, or none to cache nothing", at: node.place)
        }
        if draft.settings.mode != .http {
            for member in given where Self.httpKeys.contains(member.key) {
                reading.report("'\(member.key)' goes with mode: http alone", at: member.keyPlace)
            }
        }
        readKey(node, mode: draft.settings.mode, &reading)
        guard draft.settings.mode == .persona else {
            for member in given where Self.personaKeys.contains(member.key) {
                reading.report("'\(member.key)' goes with mode: persona alone", at: member.keyPlace)
            }
            return
        }
        let givenTTL = draft.settings.ttl
        let ttl = givenTTL ?? RouteCacheDraft.ttl
        draft.settings.ttl = ttl
        draft.settings.staleIfError = draft.settings.staleIfError ?? RouteCacheDraft.staleIfError
        guard let personalised = draft.settings.personalisedTTL else {
            draft.settings.personalisedTTL = givenTTL ?? RouteCacheDraft.personalisedTTL
            return
        }
        if personalised > ttl, let place = node.member("personalised_ttl")?.place {
            reading.report("'personalised_ttl' is longer than 'ttl' (\(DurationUnit.format(ttl)))", at: place)
        }
    }
}

extension Section<RouteCacheDraft> {
    /// In `mode: persona` the whole query is in the key, and cookies are where they are a credential.
    private func readKey(_ node: Node, mode: RouteCacheSettings.Mode, _ reading: inout Reading) {
        guard let key = node.members.first(where: { $0.key == "key" && !$0.value.isUnset }) else { return }
        switch mode {
        case .http: break
        case .none: reading.report("'key' goes with mode: http or persona", at: key.keyPlace)
        case .persona:
            for member in key.value.members where member.key != "headers" && !member.value.isUnset {
                reading.report("'\(member.key)' goes with mode: http alone", at: member.keyPlace)
            }
        }
    }
}

extension Section<RouteCacheSettings> {
    fileprivate static let store = Section(keys: [
        Key(
            "finish_reasons",
            listOf: .word,
            \.storedFinishReasons,
            "`mode: persona`: an answer is kept only if every choice's `finish_reason` is one of these."
        )
    ])
}

extension Key<RouteCacheDraft> {
    fileprivate static let negative = Key(
        name: "negative",
        outline: { _ in
            Outline(
                name: "negative",
                type: "mapping",
                fallback: "",
                summary:
                    "`mode: http`: by status, 400 to 599, the life of a failure that does not tell its own: `{404: 10s}`. "
                    + "Failures of other statuses are not kept.",
                shape: .values
            )
        },
        read: { node, draft, reading in
            for member in reading.members(of: node, what: "statuses to durations") {
                guard let status = UInt16(member.key), (400..<600).contains(status), ![412, 416, 417].contains(status)
                else {
                    let found = Node.quote(member.key)
                    reading.report("expected a status of a failure such as 404, found \(found)", at: member.keyPlace)
                    continue
                }
                guard let life = reading.value(of: member.value, Section<RouteCacheDraft>.lifetime) else { continue }
                draft.settings.negative[status] = life
            }
        }
    )

    fileprivate static let tags = Key(
        name: "tags",
        outline: { _ in
            Outline(
                name: "tags",
                type: "list of tag",
                fallback: "none",
                summary: "Names to drop answers by. A tag may use the path's captures: `course:{id}`.",
                shape: .list
            )
        },
        read: { node, draft, reading in draft.tags = reading.items(of: node) }
    )
}
