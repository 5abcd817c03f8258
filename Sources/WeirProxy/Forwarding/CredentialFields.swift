import NIOCore
import WeirHTTP

/// Fields of a request that may hold what its sender is known by: meant for one host, and not to be shown to another.
enum CredentialFields {
    private static let known: FieldNameSet = [
        .authorization, .apiKey, .xApiKey, .cookie, .openaiOrganization, .openaiProject, .proxyAuthorization,
    ]

    /// Names that are nobody's standard are told by what they are made of. Too many cost an answer, too few a secret.
    private static let words = [
        "auth", "cookie", "credential", "jwt", "key", "passw", "secret", "session", "signature", "token",
    ].map { Array($0.utf8) }

    static func contains(_ line: FieldLine, of fields: FieldSection) -> Bool {
        if known.contains(line.name) { return true }
        guard line.name == .other else { return false }
        let name = fields.name(of: line).map(ASCII.lowercased)
        return words.contains { word in
            name.indices.contains { name[$0...].starts(with: word) }
        }
    }
}
