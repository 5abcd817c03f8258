import WeirUpstream

extension Section<HealthSettings> {
    static let health = Section(keys: [
        Key(
            "path",
            .checkPath,
            \.path,
            required: true,
            "What is asked for with GET, behind the path of `url`; a query may be in it."
        ),
        Key("interval", .duration(), \.interval, "From the end of one check to the next, give or take a tenth."),
        Key("timeout", .duration(), \.timeout, "How long a check may take."),
        Key("healthy", .count(1...100), \.healthy, "Checks passed in a row before an unhealthy address gets calls."),
        Key(
            "unhealthy",
            .count(1...100),
            \.unhealthy,
            "Checks failed in a row before an address gets no calls, unless all are unhealthy."
        ),
        Key(
            "status",
            .count(200...599),
            optional: \.status,
            fallback: "200 to 399",
            "The one status that passes a check."
        ),
    ])
}

extension Key<UpstreamDraft> {
    static let health = Key(
        name: "health",
        outline: { _ in
            Outline(
                name: "health",
                type: "mapping",
                fallback: "",
                summary: "Checks of each address, on a connection of their own. Without this there are none.",
                shape: .section(Section.health.outlines(HealthSettings(path: "")), later: [])
            )
        },
        read: { node, draft, reading in
            var health = HealthSettings(path: "")
            Section.health.read(node, into: &health, &reading)
            draft.settings.health = health
        }
    )
}

extension ValueType<String> {
    /// What a request line can carry (RFC 9112 §3.2).
    fileprivate static let checkPath = text(
        name: "path",
        expected: "a path such as /healthz",
        isValid: { $0.hasPrefix("/") && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") } }
    )
}
