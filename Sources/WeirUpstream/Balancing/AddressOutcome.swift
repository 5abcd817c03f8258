/// What the end of a call says of the address that it went to.
enum AddressOutcome: Sendable, Equatable {
    /// A whole response with a status below 500.
    case success
    /// A status of 500 or more, a reset, a timeout, an answer that is not HTTP.
    case failure
    /// No connection: nobody else would get one either.
    case unreachable
    /// Nothing: the caller ended it or was slow, Weir had no place for it, or it met an idle connection that was gone.
    case nothing

    init(_ error: UpstreamError) {
        self =
            switch error {
            case .connect, .tls, .connectTimeout: .unreachable
            case .firstByteTimeout, .idleTimeout, .totalTimeout, .reset, .malformed: .failure
            case .lostIdle, .unprocessed, .busy, .breakerOpen, .coolingDown, .paced, .draining: .nothing
            }
    }
}
