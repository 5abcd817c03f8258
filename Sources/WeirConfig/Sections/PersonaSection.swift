import WeirOpenAI

extension Section<ValueSource> {
    static let source = Section(keys: [
        Key(
            "claim",
            .claim,
            optional: \.claim,
            "The claim that holds it of the token that the route's `jwt` reads: its name, or a JSON pointer (RFC 6901) to it. "
                + "It is looked at first."
        ),
        Key("header", .fieldName, optional: \.header, "The request field that holds it; it is looked at next."),
        Key(
            "body",
            .pointer,
            optional: \.body,
            "The member of the request's JSON body that holds it, as a JSON pointer (RFC 6901)."
        ),
    ])
}

extension Key<PersonaSettings> {
    /// A source replaces the default one, so that what is read is what is written; but for the claim, since a token's word
    /// gives way to that of a header or the body only where another one is named.
    fileprivate static func dimension(_ dimension: PersonaDimension, _ summary: String) -> Key {
        Key(
            name: dimension.rawValue,
            outline: { settings in
                Outline(
                    name: dimension.rawValue,
                    type: "mapping",
                    fallback: "",
                    summary: summary,
                    shape: .section(
                        Section.source.outlines(settings.sources[dimension] ?? ValueSource()),
                        later: []
                    )
                )
            },
            read: { node, settings, reading in
                let claim = ValueSource(claim: PersonaSettings.defaultSources[dimension]?.claim)
                var source = claim
                Section.source.read(node, into: &source, &reading)
                settings.sources[dimension] = source == claim ? nil : source
            }
        )
    }
}

extension Section<PersonaSettings> {
    static let persona = Section(keys: [
        .dimension(.experienceLevel, "How much the reader knows."),
        .dimension(.learningStyle, "How the reader learns."),
        .dimension(.communicationTone, "The tone the reader wants."),
        .dimension(.contentDensity, "How dense the text should be."),
        .dimension(.interests, "What the reader cares for: a set, whose order means nothing."),
    ])
}

extension Key<PersonaSettings> {
    static let person = Key(
        name: "user",
        outline: { settings in
            Outline(
                name: "user",
                type: "mapping",
                fallback: "",
                summary: "Who asks: for purging by user, and in the key with `scope: user`.",
                shape: .section(Section.source.outlines(settings.user), later: [])
            )
        },
        read: { node, settings, reading in
            var source = ValueSource(claim: settings.user.claim)
            Section.source.read(node, into: &source, &reading)
            settings.user = source
        }
    )
}
