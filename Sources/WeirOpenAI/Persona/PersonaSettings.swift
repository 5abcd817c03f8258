/// `persona:` and `user:` of `proxy.conf`, and a route's `cache.context`.
package struct PersonaSettings: Sendable, Equatable {
    /// Dimensions without a source are never set.
    package var sources: [PersonaDimension: ValueSource]
    package var user: ValueSource
    /// By their names' order.
    package var context: [ContextSource]

    package init(
        sources: [PersonaDimension: ValueSource] = Self.defaultSources,
        user: ValueSource = ValueSource(claim: ["sub"], header: "X-User-Id", body: ["user"]),
        context: [ContextSource] = []
    ) {
        self.sources = sources
        self.user = user
        self.context = context
    }

    package static let defaultSources: [PersonaDimension: ValueSource] = [
        .experienceLevel: .named("experience_level", header: "X-Persona-Experience-Level"),
        .learningStyle: .named("learning_style", header: "X-Persona-Learning-Style"),
        .communicationTone: .named("communication_tone", header: "X-Persona-Communication-Tone"),
        .contentDensity: .named("content_density", header: "X-Persona-Content-Density"),
        .interests: .named("interests", header: "X-Persona-Interests"),
    ]
}

extension ValueSource {
    fileprivate static func named(_ name: String, header: String) -> ValueSource {
        ValueSource(claim: [name], header: header, body: ["metadata", name])
    }
}
