import Synchronization

/// Which ``AddressPool`` a transport's calls go by: a new one, or that of the transport in whose stead it comes. Settled
/// before the transport's first call.
final class PoolSuccession: Sendable {
    private let settings: UpstreamSettings
    private let settled: Mutex<AddressPool>

    init(_ settings: UpstreamSettings) {
        self.settings = settings
        settled = Mutex(AddressPool(address: settings.url, settings.pool))
    }

    var pool: AddressPool { settled.withLock { $0 } }

    /// Takes the former transport's, with this one's bounds, where the address stays.
    func succeed(_ former: any Transport) {
        guard let pool = former.pools.first(where: { $0.address.isSameAddress(as: settings.url) }) else { return }
        settled.withLock { $0 = pool }
        pool.change(to: settings.pool)
    }
}
