import Logging
import NIOCore
import ServiceLifecycle
import WeirProxy

/// Runs the data plane until it is told to stop, then drains it.
struct ProxyService: Service {
    let proxy: Proxy
    let logger: Logger
    let onRunning: @Sendable () -> Void

    func run() async throws {
        try await proxy.start()
        // Before anything can be reloaded: both have the same order.
        for (address, settings) in zip(proxy.addresses, proxy.settings.listen) {
            logger.info("listening on \(settings.scheme)://\(address.description)")
        }
        onRunning()
        // Told to stop, it is read to its end first: what has not been read would be lost.
        async let restoring: Void = proxy.restoreSnapshot()
        await withTaskGroup { group in
            group.addTask { await proxy.watchCertificates() }
            await stopWhenTold()
            group.cancelAll()
        }
        await restoring
    }

    private func stopWhenTold() async {
        try? await gracefulShutdown()
        let (delay, drain) = (proxy.settings.drainDelay, proxy.settings.drain)
        logger.info(
            "stopping: going on for \(Self.seconds(delay)) s, then no new connections, and up to \(Self.seconds(drain)) s for those under way"
        )
        await proxy.stop()
    }

    private static func seconds(_ time: TimeAmount) -> Double { Double(time.nanoseconds / 1_000_000) / 1_000 }
}
