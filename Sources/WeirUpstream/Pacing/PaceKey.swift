import WeirHTTP

/// Whose limits: one credential's at one service, for one model.
struct PaceKey: Sendable, Hashable {
    private let credential: CoolDownKey
    /// A hash with the process's own seed, as that of the credential.
    private let label: Int

    var service: Service { credential.service }

    /// - Parameter fields: the request's as the upstream sees them.
    init?(_ service: Service, _ fields: FieldSection, label: String) {
        guard let credential = CoolDownKey(service, fields) else { return nil }
        self.credential = credential
        self.label = label.hashValue
    }
}
