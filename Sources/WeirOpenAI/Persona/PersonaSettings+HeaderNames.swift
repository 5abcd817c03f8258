extension PersonaSettings {
    /// Every header that a dimension or the user is read from: what is taken off before a request goes to an AI
    /// upstream.
    package var headerNames: [String] {
        PersonaDimension.allCases.compactMap { sources[$0]?.header } + (user.header.map { [$0] } ?? [])
    }
}
