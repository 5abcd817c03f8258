import WeirUpstream

extension Section<EjectionSettings> {
    static let ejection = Section(keys: [
        Key("failures", .count(1...1_000_000), \.failures, "Failures in a row that eject an address."),
        Key("time", .duration(), \.time, "How long it gets no calls at first; doubled if it then fails again."),
        Key("time_max", .duration(), \.timeMax, "The longest it gets no calls."),
    ])
}

extension Key<UpstreamDraft> {
    static let ejection = Key(
        name: "ejection",
        outline: { draft in
            Outline(
                name: "ejection",
                type: "mapping",
                fallback: "",
                summary: "When one address of several gets no calls, and for how long. The last one left is never "
                    + "ejected: when it fails as often, all get calls again.",
                shape: .section(Section.ejection.outlines(draft.settings.ejection), later: [])
            )
        },
        read: { node, draft, reading in
            Section.ejection.read(
                node,
                into: &draft.settings.ejection,
                growing: ("time", \.time),
                upTo: ("time_max", \.timeMax),
                &reading
            )
        }
    )
}
