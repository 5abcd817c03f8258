import WeirUpstream

/// The body of `circuits/reset`: an upstream, and perhaps one service of it.
struct CircuitReset: Equatable {
    let upstream: String
    let service: Service?

    init(_ body: JSONValue) throws(AdminError) {
        guard case .object(let object) = body else {
            throw .invalidBody("expected an object with upstream and perhaps service, found \(body.kind)")
        }
        if let other = object.keys.sorted().first(where: { $0 != "upstream" && $0 != "service" }) {
            throw .invalidBody("expected upstream and perhaps service, found '\(other)'")
        }
        guard case .string(let upstream)? = object["upstream"] else {
            throw .invalidBody("upstream: expected a string, found \(object["upstream"]?.description ?? "none")")
        }
        self.upstream = upstream
        service = try object["service"].flatMap(Self.service)
    }

    /// `null` is no service.
    private static func service(_ value: JSONValue) throws(AdminError) -> Service? {
        if value == .null { return nil }
        guard case .string(let name) = value, let service = Service(rawValue: name) else {
            let known = Service.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidBody("service: expected one of \(known), found \(value.description)")
        }
        return service
    }
}
