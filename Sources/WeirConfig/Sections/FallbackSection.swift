import WeirProxy

/// A route's `fallback:` while it is read.
struct FallbackDraft: Sendable {
    var upstream: Node?
    var models: [String: String] = [:]
    var credentials = FallbackSettings.Credentials.drop
}

extension Section<FallbackDraft> {
    static let fallback = Section(keys: [
        Key(
            name: "upstream",
            isRequired: true,
            outline: { _ in
                Outline(name: "upstream", type: "name", fallback: "required", summary: "One of `upstreams`.")
            },
            read: { node, draft, _ in draft.upstream = node }
        ),
        Key(
            name: "models",
            outline: { _ in
                Outline(
                    name: "models",
                    type: "mapping",
                    fallback: "",
                    summary: "What models are called there, by their names in requests. With it, only requests for one "
                        + "of them go there, and JSON bodies are read whole, up to `max_keyed_body`.",
                    shape: .values
                )
            },
            read: { node, draft, reading in
                for member in reading.members(of: node, what: "models to models") {
                    guard let name = reading.value(of: member.value, .modelName) else { continue }
                    draft.models[member.key] = name
                }
            }
        ),
        Key(
            "credentials",
            .choice(of: FallbackSettings.Credentials.self),
            \.credentials,
            "Whether the client's credentials go there too (`pass`) or stay here (`drop`). What this upstream's `headers` "
                + "set never goes there."
        ),
    ])
}

extension Key<RouteDraft> {
    static let fallback = Key(
        name: "fallback",
        outline: { _ in
            Outline(
                name: "fallback",
                type: "mapping",
                fallback: "",
                summary: "Another of `upstreams`, which is called when this one fails: its name, or a mapping.",
                shape: .section(Section.fallback.outlines(FallbackDraft()), later: [])
            )
        },
        read: { node, draft, reading in
            var fallback = FallbackDraft()
            if case .mapping = node.content {
                Section.fallback.read(node, into: &fallback, &reading)
            } else {
                fallback.upstream = node
            }
            guard let node = fallback.upstream, let name = draft.upstreamName(node, &reading) else { return }
            if name == draft.settings.upstream {
                reading.report("'fallback' is the route's own upstream", at: node.place)
            }
            draft.settings.fallback = FallbackSettings(
                upstream: name,
                models: fallback.models,
                credentials: fallback.credentials
            )
        }
    )
}

extension ValueType<String> {
    fileprivate static let modelName = text(
        name: "model",
        expected: "the name of a model",
        isValid: ModelName.isValid
    )
}
