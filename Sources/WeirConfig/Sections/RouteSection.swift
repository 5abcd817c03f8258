import WeirProxy
import WeirUpstream

/// One route while it is read: its settings, what they build on, and places for the checks that span keys.
struct RouteDraft: Sendable {
    var settings: RouteSettings
    let upstreams: [UpstreamSettings]
    var template: PathTemplate?
    var pathPlace: Place
    var cache = RouteCacheDraft()
    var batchPlace: Place?
    var economyPlace: Place?
    /// Tags, checked against the path's captures once both are known.
    var invalidates: [Node] = []

    init(upstreams: [UpstreamSettings], at place: Place) {
        settings = RouteSettings(path: "", upstream: "")
        self.upstreams = upstreams
        pathPlace = place
    }
}

extension RouteDraft {
    /// Checks what spans keys, once all are read.
    mutating func complete(_ reading: inout Reading) {
        cache.settings.tags = tags(cache.tags, &reading)
        settings.invalidatesOnWrite = tags(invalidates, &reading)
        settings.cache = cache.settings
        if let economyPlace, settings.cache.mode != .persona {
            reading.report("'economy' needs 'cache: {mode: persona}', where prompts are read", at: economyPlace)
        }
        if let batchPlace, settings.cache.mode != .persona {
            reading.report("'batch' needs 'cache: {mode: persona}', where items are told apart", at: batchPlace)
        }
    }

    /// The name of an upstream that there is.
    func upstreamName(_ node: Node, _ reading: inout Reading) -> String? {
        guard let name = reading.value(of: node, .upstreamName) else { return nil }
        let names = upstreams.map(\.name)
        // Without any upstream, that is the mistake.
        guard !names.isEmpty else { return nil }
        guard names.contains(name) else {
            let hint = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
            reading.report("unknown upstream \(Node.quote(name))\(hint)", at: node.place)
            return nil
        }
        return name
    }

    /// Tags whose captures the path has.
    private func tags(_ nodes: [Node], _ reading: inout Reading) -> [String] {
        nodes.compactMap { node in
            guard let tag = reading.value(of: node, .tag), let used = try? TagTemplate(tag).captures else { return nil }
            guard let template else { return tag }
            for name in used where !template.captures.contains(name) {
                let hint = Spelling.nearest(to: name, among: template.captures).map { "; did you mean '{\($0)}'?" }
                reading.report("the path has no '{\(name)}'\(hint ?? "")", at: node.place)
            }
            return tag
        }
    }
}

extension Section<RouteDraft> {
    /// `upstream` before `timeouts`, which begin as the upstream's.
    static let route = Section(
        keys: [
            .path,
            Key(
                "host",
                .host,
                optional: \.settings.host,
                fallback: "any",
                "Only requests for this host, told without its port."
            ),
            Key("methods", listOf: .method, \.settings.methods, fallback: "any", "Only these methods."),
            .upstream,
            .fallback,
            Key(
                "service",
                .choice(of: Service.self),
                optional: \.settings.service,
                fallback: "told by the path",
                "The service of the API, whose breaker is asked."
            ),
            Key(
                "max_body",
                .size(0...1 << 50),
                optional: \.settings.maxBody,
                "The largest body of a request; a larger one gets a 413."
            ),
            Key(
                "max_keyed_body",
                .size(1 << 10...1 << 30),
                \.settings.maxKeyedBody,
                "In `mode: persona`: the largest body that is read whole because it is the key; a larger one streams past the "
                    + "cache, up to `max_body`."
            ),
            .timeouts,
            .token,
            Key(
                "features",
                .features,
                \.settings.features,
                "As at the top, for this route: what is off there is off here too."
            ),
            .cache,
            .budget,
            .rateLimit,
            .batch,
            .economy,
            Key("on_write", .onWrite, \.self, "What a successful request with an unsafe method does."),
            Key(
                "forward_persona",
                .boolean,
                \.settings.forwardPersona,
                "Whether the persona and user fields go on to an AI upstream. The user's is in the key then."
            ),
        ],
        later: []
    )

    /// A route's `on_write`.
    fileprivate static let onWrite = Section(keys: [
        Key(
            name: "invalidate",
            outline: { _ in
                Outline(
                    name: "invalidate",
                    type: "list of tag",
                    fallback: "none",
                    summary:
                        "Answers with one of these tags are dropped. A tag may use the path's captures: `course:{id}`.",
                    shape: .list
                )
            },
            read: { node, draft, reading in draft.invalidates = reading.items(of: node) }
        ),
        Key(
            "soft",
            .boolean,
            \.settings.softensOnWrite,
            "Answers with these tags are marked as stale instead: validated before their next use, or behind it where "
                + "`stale_while_revalidate` lets them be served meanwhile. What is stored of the written URL is dropped."
        ),
    ])
}

extension Key<RouteDraft> {
    fileprivate static let path = Key(
        name: "path",
        isRequired: true,
        outline: { _ in
            Outline(
                name: "path",
                type: "path",
                fallback: "required",
                summary: "Covers what lies under it, by whole segments; `{name}` takes any one segment. The longest "
                    + "path wins, a literal before a `{name}`."
            )
        },
        read: { node, draft, reading in
            draft.pathPlace = node.place
            guard let path = reading.value(of: node, .path) else { return }
            draft.settings.path = path
            draft.template = try? PathTemplate(path)
        }
    )

    fileprivate static let upstream = Key(
        name: "upstream",
        isRequired: true,
        outline: { _ in
            Outline(
                name: "upstream",
                type: "name",
                fallback: "required",
                summary: "One of `upstreams`."
            )
        },
        read: { node, draft, reading in
            if let name = draft.upstreamName(node, &reading) { draft.settings.upstream = name }
        }
    )

    fileprivate static let cache = Key(
        name: "cache",
        outline: { draft in
            Outline(
                name: "cache",
                type: "mapping",
                fallback: "",
                summary: "How answers are kept.",
                shape: .section(Section.routeCache.outlines(draft.cache), later: Section.routeCache.later)
            )
        },
        read: { node, draft, reading in Section.routeCache.readWhole(node, into: &draft.cache, &reading) }
    )

    fileprivate static let timeouts = Key(
        name: "timeouts",
        outline: { _ in
            Outline(
                name: "timeouts",
                type: "mapping",
                fallback: "",
                summary: "As the upstream's, for this route: only what differs.",
                shape: .section(
                    Section.timeouts.outlines(UpstreamTimeouts()).map { outline in
                        var outline = outline
                        outline.fallback = "the upstream's"
                        return outline
                    },
                    later: []
                )
            )
        },
        read: { node, draft, reading in
            let upstream = draft.upstreams.first { $0.name == draft.settings.upstream }
            var timeouts = upstream?.timeouts ?? UpstreamTimeouts()
            Section.timeouts.read(node, into: &timeouts, &reading)
            draft.settings.timeouts = timeouts
        }
    )
}

extension ValueType<String> {
    fileprivate static let upstreamName = text(
        name: "name",
        expected: "the name of one of 'upstreams'",
        isValid: { _ in true }
    )
}
