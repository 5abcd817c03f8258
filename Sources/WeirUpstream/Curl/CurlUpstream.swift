import Synchronization

/// One upstream as ``CurlEngine`` knows it: its settings, and how much of it is in use, for every thread to read.
final class CurlUpstream: Sendable {
    let settings: UpstreamSettings
    /// Where the host is a name.
    let names: NameWatch?
    /// Written by ``CurlLoop``'s thread alone.
    private let running = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)
    private let sockets = Atomic<Int>(0)
    private let closed = Atomic<Bool>(false)

    init(settings: UpstreamSettings, names: NameWatch?) {
        self.settings = settings
        self.names = names
    }

    /// A call holds a connection to itself, so open sockets that no call uses lie idle.
    var gauges: PoolGauges {
        let active = running.load(ordering: .relaxed)
        return PoolGauges(
            active: active,
            idle: max(0, sockets.load(ordering: .relaxed) - active),
            pending: waiting.load(ordering: .relaxed),
            max: settings.pool.max
        )
    }

    /// Whether a connection made for this upstream is left.
    var hasSockets: Bool { sockets.load(ordering: .relaxed) != 0 }

    /// Whether new calls are refused.
    var isClosed: Bool { closed.load(ordering: .relaxed) }
    func close() { closed.store(true, ordering: .relaxed) }

    func note(running: Int, waiting: Int) {
        self.running.store(running, ordering: .relaxed)
        self.waiting.store(waiting, ordering: .relaxed)
    }

    func noteSocket(opened: Bool) {
        if opened {
            sockets.add(1, ordering: .relaxed)
        } else {
            sockets.subtract(1, ordering: .relaxed)
        }
    }
}
