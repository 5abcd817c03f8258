import NIOCore
import WeirOpenAI
import WeirProxy
import WeirUpstream

/// The whole configuration while it is read.
struct Draft: Sendable {
    var proxy = ProxySettings(workers: System.coreCount, upstreams: [], routes: [])
    var admin = AdminDraft()
    var log = LogSettings()
    var reload = ReloadSettings()
    var features = Features()
    /// Where each of `proxy.listen` stands; empty while they are the default.
    var listenPlaces: [Place] = []
    var routes: [RouteDraft] = []
}

extension Section<Draft> {
    /// In the order in which they are read: `routes` builds on `upstreams`.
    static let root = Section(
        keys: [
            .listen,
            Key(
                "workers",
                .count(1...1024),
                \.proxy.workers,
                fallback: "one a core",
                "Event loops; each has a thread."
            ),
            Key(
                "drain",
                .duration(atLeast: .nanoseconds(0)),
                \.proxy.drain,
                "How long requests under way may take once Weir is told to stop."
            ),
            Key(
                "drain_delay",
                .duration(atLeast: .nanoseconds(0), atMost: .hours(1)),
                \.proxy.drainDelay,
                "How long Weir goes on as before once it is told to stop and `/readyz` says so, for a balancer to notice."
            ),
            Key("reload", .reload, \.reload, "When the configuration is read again."),
            Key("limits", .limits, \.proxy.limits, "Bounds on clients' connections and requests."),
            Key("log", .log, \.log, "What is logged, and how."),
            Key("admin", .admin, \.admin, "The admin listener."),
            Key("cache", .cache, \.proxy, "What is stored, where it is kept, and how much of it."),
            Key("compression", .compression, \.proxy.compression, "How answers are compressed, where `gzip` is on."),
            Key("features", .features, \.features, "What can be switched off as a whole."),
            .user,
            Key(
                "persona",
                .persona,
                \.proxy.persona,
                "For whom AI answers are written: the five dimensions of the key, and where each is found. The first "
                    + "source that is there wins. A dimension that is named here is read only from the sources it "
                    + "names, from none where it is `{}`."
            ),
            .prices,
            .upstreams,
            .routes,
        ],
        later: ["ledger"]
    )
}

extension Key<Draft> {
    fileprivate static let user = Key(
        name: "user",
        outline: { Key<PersonaSettings>.person.outline($0.proxy.persona) },
        read: { node, draft, reading in Key<PersonaSettings>.person.read(node, &draft.proxy.persona, &reading) }
    )

    fileprivate static let upstreams = Key(
        name: "upstreams",
        isRequired: true,
        outline: { _ in
            Outline(
                name: "upstreams",
                type: "mapping",
                fallback: "required",
                summary: "The services behind Weir, by names of your choosing.",
                shape: .named(Section.upstream.outlines(UpstreamDraft(name: "")), later: Section.upstream.later)
            )
        },
        read: { node, draft, reading in
            let members = reading.members(of: node, what: "names to upstreams")
            for member in members {
                guard UpstreamName.isValid(member.key) else {
                    reading.report(
                        "expected a name of letters, digits, '-' and '_', found \(Node.quote(member.key))",
                        at: member.keyPlace
                    )
                    continue
                }
                var upstream = UpstreamDraft(name: member.key)
                if member.value.isUnset, !reading.isSpoiled(member.value) {
                    reading.report("missing 'url'", at: member.keyPlace)
                } else {
                    Section.upstream.read(member.value, into: &upstream, &reading)
                    reading.checkURLs(of: member.value)
                }
                draft.proxy.upstreams.append(upstream.result)
            }
            if case .mapping = node.content, members.isEmpty {
                reading.report("expected at least one upstream", at: node.place)
            }
        }
    )

    fileprivate static let routes = Key(
        name: "routes",
        isRequired: true,
        outline: { _ in
            let empty = RouteDraft(upstreams: [], at: .start)
            return Outline(
                name: "routes",
                type: "list of mapping",
                fallback: "required",
                summary: "Which requests go where, and how they are cached.",
                shape: .elements(Section.route.outlines(empty), later: Section.route.later)
            )
        },
        read: { node, draft, reading in
            guard case .sequence(let items) = node.content else {
                reading.report("expected a list of routes, found \(node.found)", at: node.place)
                return
            }
            for item in items {
                var route = RouteDraft(upstreams: draft.proxy.upstreams, at: item.place)
                if reading.isSpoiled(item) {
                    continue
                } else if item.isUnset {
                    reading.report("expected a route, found nothing", at: item.place)
                } else {
                    Section.route.read(item, into: &route, &reading)
                    route.complete(&reading)
                }
                draft.routes.append(route)
            }
            if items.isEmpty { reading.report("expected at least one route", at: node.place) }
        }
    )
}

/// Names of upstreams stand in metrics, logs and commands.
enum UpstreamName {
    static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x5F
            }
    }
}
