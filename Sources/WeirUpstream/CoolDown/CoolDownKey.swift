import NIOCore
import WeirHTTP

/// Whom a 429 was meant for: one credential at one service.
///
/// Of the credential only a hash is kept, with a seed that this process has chosen and nobody else knows.
struct CoolDownKey: Sendable, Hashable {
    let service: Service
    private let credential: Int

    /// - Parameter fields: the request's as the upstream sees them.
    /// - Returns: nil for a call without a credential to a service that is no API's: a backend that limits one of its
    ///   visitors, by address or cookie, has not said anything about the others.
    init?(_ service: Service, _ fields: FieldSection) {
        self.service = service
        // What a provider counts by is what keeps tenants apart in keys.
        let lines = fields.lines.filter { $0.name != .cookie && CredentialFields.contains($0, of: fields) }
        guard service != .other || !lines.isEmpty else { return nil }
        var hasher = Hasher()
        for line in lines {
            hasher.combine(fields.name(of: line).map(ASCII.lowercased))
            hasher.combine(fields.value(of: line))
        }
        credential = hasher.finalize()
    }
}
