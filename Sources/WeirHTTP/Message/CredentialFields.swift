/// Fields of a request that may hold what its sender is known by: meant for one host and not to be shown to another, and
/// what tells one tenant of an upstream from the next.
package enum CredentialFields {
    private static let known: FieldNameSet = [
        .authorization, .apiKey, .xApiKey, .cookie, .openaiOrganization, .openaiProject, .proxyAuthorization,
    ]

    /// Names that are nobody's standard are told by what they are made of. Too many cost an answer, too few a secret.
    private static let words: [StaticString] = [
        "auth", "bearer", "cookie", "credential", "jwt", "key", "login", "passw", "secret", "session", "signature",
        "token",
    ]

    package static func contains(_ line: FieldLine, of section: FieldSection) -> Bool {
        if known.contains(line.name) { return true }
        guard line.name == .other else { return false }
        return section.withNameBytes(of: line) { name in words.contains { isPart($0, of: name) } }
    }

    private static func isPart(_ word: StaticString, of name: Span<UInt8>) -> Bool {
        let length = word.utf8CodeUnitCount
        guard name.count >= length else { return false }
        for start in 0...name.count - length
        where ASCII.equalIgnoringCase(name.extracting(start..<start + length), word) {
            return true
        }
        return false
    }
}
