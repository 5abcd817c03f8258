import WeirProxy

extension Section<KeySettings> {
    static let cacheKey = Section(
        keys: [
            .query,
            Key(
                "sort_query",
                .boolean,
                \.sortsQuery,
                "Whether the order of parameters makes no difference: they count, and go upstream, by name."
            ),
            Key(
                "headers",
                listOf: .fieldName,
                \.headers,
                "Fields whose values tell answers apart, besides those of `Vary`."
            ),
            Key("cookies", listOf: .cookieName, \.cookies, "Cookies whose values tell answers apart."),
        ]
    )
}

extension Key<KeySettings> {
    /// A word, or a list of names.
    fileprivate static let query = Key(
        name: "query",
        outline: { _ in
            Outline(
                name: "query",
                type: "all, none, or a list of names",
                fallback: "all",
                summary: "The parameters that tell answers apart. A call whose answer is stored asks with these alone.",
                shape: .list
            )
        },
        read: { node, settings, reading in
            if case .scalar(let scalar) = node.content, scalar.text == "all" || scalar.text == "none" {
                settings.query = scalar.text == "all" ? .all : .none
            } else {
                settings.query = .only(reading.items(of: node).compactMap { reading.value(of: $0, .parameterName) })
            }
        }
    )
}
