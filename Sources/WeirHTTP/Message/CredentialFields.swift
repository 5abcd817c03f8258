/// Fields of a request that may hold what its sender is known by: meant for one host and not to be shown to another, and
/// what tells one tenant of an upstream from the next.
package enum CredentialFields {
    private static let known: FieldNameSet = [
        .authorization, .apiKey, .xApiKey, .cookie, .openaiOrganization, .openaiProject, .proxyAuthorization,
    ]

    package static func contains(_ line: FieldLine, of section: FieldSection) -> Bool {
        if known.contains(line.name) { return true }
        guard line.name == .other else { return false }
        return section.withNameBytes(of: line) { containsWord($0) }
    }

    package static func contains(name: String) -> Bool {
        let known = FieldName.recognise(name)
        return Self.known.contains(known) || known == .other && containsWord(name.utf8.span)
    }

    private static func containsWord(_ name: Span<UInt8>) -> Bool {
        name.indices.contains { hasWord(name.extracting(droppingFirst: $0)) }
    }

    /// Names that are nobody's standard are told by what they are made of. Too many cost an answer, too few a secret.
    /// Every request of the API is asked, so that a look at one letter settles most of it.
    private static func hasWord(_ rest: Span<UInt8>) -> Bool {
        switch ASCII.lowercased(rest[0]) {
        case UInt8(ascii: "a"): begins(rest, "auth")
        case UInt8(ascii: "b"): begins(rest, "bearer")
        case UInt8(ascii: "c"): begins(rest, "cookie") || begins(rest, "credential")
        case UInt8(ascii: "j"): begins(rest, "jwt")
        case UInt8(ascii: "k"): begins(rest, "key")
        case UInt8(ascii: "l"): begins(rest, "login")
        case UInt8(ascii: "p"): begins(rest, "passw")
        case UInt8(ascii: "s"): begins(rest, "secret") || begins(rest, "session") || begins(rest, "signature")
        case UInt8(ascii: "t"): begins(rest, "token")
        default: false
        }
    }

    private static func begins(_ rest: Span<UInt8>, _ word: StaticString) -> Bool {
        ASCII.equalIgnoringCase(rest.extracting(first: word.utf8CodeUnitCount), word)
    }
}
