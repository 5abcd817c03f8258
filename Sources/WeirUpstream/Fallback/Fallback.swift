/// Where a call may go when its upstream fails.
package struct Fallback {
    package let upstream: Upstream
    package let service: Service
    let makeRequest: () -> UpstreamRequest

    /// - Parameter makeRequest: the request as this upstream is to see it; called once at most, when it is needed. Its
    ///   body is streamed if the first one's is, and then the same.
    package init(upstream: Upstream, service: Service, makeRequest: @escaping () -> UpstreamRequest) {
        self.upstream = upstream
        self.service = service
        self.makeRequest = makeRequest
    }
}

/// What came of calling the other upstream: the value of the label `outcome` of `weir_upstream_fallbacks_total`.
package enum FallbackOutcome: Int, Sendable, CaseIterable {
    /// Its answer went to the client.
    case answered
    /// It failed too, and the client was told of the first failure.
    case failed
    /// The client left meanwhile.
    case cancelled

    /// As metrics and the stats endpoint name it.
    package var name: String {
        switch self {
        case .answered: "answered"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}
