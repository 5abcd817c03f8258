import Synchronization

/// One upstream as ``CurlEngine`` knows it: its settings, its pool, and what libcurl has open for it.
final class CurlUpstream: Sendable {
    let settings: UpstreamSettings
    /// Where the host is a name.
    let names: NameWatch?
    let succession: PoolSuccession
    /// Written by ``CurlLoop``'s thread alone, as is the pool's.
    private let sockets = Atomic<Int>(0)
    private let closed = Atomic<Bool>(false)

    init(settings: UpstreamSettings, names: NameWatch?, succession: PoolSuccession) {
        self.settings = settings
        self.names = names
        self.succession = succession
    }

    /// Whether a connection made for this upstream is left.
    var hasSockets: Bool { sockets.load(ordering: .relaxed) != 0 }

    /// Whether new calls are refused.
    var isClosed: Bool { closed.load(ordering: .relaxed) }
    func close() { closed.store(true, ordering: .relaxed) }

    func noteSocket(opened: Bool) {
        let change = opened ? 1 : -1
        sockets.add(change, ordering: .relaxed)
        succession.pool.curlSurplus.add(change, ordering: .relaxed)
    }

    func noteCall(begun: Bool) { succession.pool.curlSurplus.add(begun ? -1 : 1, ordering: .relaxed) }
}
