import NIOCore
import WeirHTTP

/// Whom a 429 was meant for: one credential at one service.
///
/// Of the credential only a hash is kept, with a seed that this process has chosen and nobody else knows.
struct CoolDownKey: Sendable, Hashable {
    /// What a provider counts by (the same as what keeps tenants apart in keys).
    private static let names: [FieldName] = [.authorization, .apiKey, .xApiKey, .openaiOrganization, .openaiProject]

    let service: Service
    private let credential: Int

    /// - Parameter fields: the request's as the upstream sees them.
    /// - Returns: nil for a call without a credential to a service that is no API's: a backend that limits one of its
    ///   visitors, by address or cookie, has not said anything about the others.
    init?(_ service: Service, _ fields: FieldSection) {
        guard service != .other || fields.lines.contains(where: { Self.names.contains($0.name) }) else { return nil }
        self.service = service
        var hasher = Hasher()
        for name in Self.names {
            hasher.combine(fields.count(of: name))
            for value in fields.values(name) { hasher.combine(value) }
        }
        credential = hasher.finalize()
    }
}
