/// `persona:` and `user:` of `proxy.conf`.
package struct PersonaSettings: Sendable, Equatable {
    /// Dimensions without a source are never set.
    package var sources: [PersonaDimension: ValueSource]
    package var user: ValueSource

    package init(
        sources: [PersonaDimension: ValueSource] = Self.defaultSources,
        user: ValueSource = ValueSource(header: "X-User-Id", body: ["user"])
    ) {
        self.sources = sources
        self.user = user
    }

    package static let defaultSources: [PersonaDimension: ValueSource] = [
        .experienceLevel: ValueSource(header: "X-Persona-Experience-Level", body: ["metadata", "experience_level"]),
        .learningStyle: ValueSource(header: "X-Persona-Learning-Style", body: ["metadata", "learning_style"]),
        .communicationTone: ValueSource(
            header: "X-Persona-Communication-Tone",
            body: ["metadata", "communication_tone"]
        ),
        .contentDensity: ValueSource(header: "X-Persona-Content-Density", body: ["metadata", "content_density"]),
        .interests: ValueSource(header: "X-Persona-Interests", body: ["metadata", "interests"]),
    ]
}
