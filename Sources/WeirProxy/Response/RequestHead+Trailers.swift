import WeirHTTP

extension RequestHead {
    /// Whether the client takes fields behind a response's body (RFC 9110 §10.1.4).
    var takesTrailers: Bool {
        version == .http11 && fields.contains(.te)
            && fields.listMembers(.te).contains { ASCII.equalIgnoringCase($0, "trailers") }
    }
}
