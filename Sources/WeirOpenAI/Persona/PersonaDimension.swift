/// What Weir knows of the reader an answer is written for; the names are those of `persona:` in `proxy.conf`.
package enum PersonaDimension: String, Sendable, CaseIterable, Comparable {
    case experienceLevel = "experience_level"
    case learningStyle = "learning_style"
    case communicationTone = "communication_tone"
    case contentDensity = "content_density"
    /// A set: its members are sorted, their order means nothing.
    case interests

    package static func < (left: PersonaDimension, right: PersonaDimension) -> Bool { left.rawValue < right.rawValue }
}
