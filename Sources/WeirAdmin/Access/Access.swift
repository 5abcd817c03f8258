/// Who may ask for an endpoint.
enum Access: Sendable {
    /// Anybody, always: an orchestrator has no token.
    case anybody
    /// Off loopback, who has the token; on loopback, anybody.
    case statistics
    /// Where a token is set, who has it; without one, what runs on this machine, other sites' pages in its browsers
    /// aside.
    case administration
}
