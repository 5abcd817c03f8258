package import WeirProxy
package import WeirUpstream

extension Proxy: AdminSubject {
    package func statistics() async -> Statistics { Statistics(await snapshot()) }

    package var readiness: Readiness {
        if isDraining { return .draining }
        return addresses.isEmpty ? .starting : .ready
    }

    package var upstreamNames: [String] { upstreams.all.map(\.name) }

    package func resetBreakers(upstream: String, service: Service?) -> Int? {
        upstreams[upstream]?.resetBreakers(service: service)
    }
}
