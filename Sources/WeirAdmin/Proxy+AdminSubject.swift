package import WeirProxy
package import WeirUpstream
import WeirCache

extension Proxy: AdminSubject {
    package func statistics() async -> Statistics { Statistics(await snapshot()) }

    package var readiness: Readiness {
        if isDraining { return .draining }
        return addresses.isEmpty ? .starting : .ready
    }

    package func purge(_ purge: CachePurge) async -> Int {
        switch purge {
        case .key(let key): store.remove(key: key)
        case .anyTag(let tags): store.remove(anyTag: tags)
        case .pattern(let pattern): store.remove(pattern: pattern)
        case .all: store.removeAll()
        }
    }

    package var upstreamNames: [String] { upstreams.all.map(\.name) }

    package func resetBreakers(upstream: String, service: Service?) -> Int? {
        upstreams[upstream]?.resetBreakers(service: service)
    }
}
