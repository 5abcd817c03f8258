import Logging
import NIOCore
import ServiceLifecycle
import WeirProxy

/// Runs the data plane until it is told to stop, then drains it.
struct ProxyService: Service {
    let proxy: Proxy
    let logger: Logger

    func run() async throws {
        try await proxy.start()
        for (address, settings) in zip(proxy.addresses, proxy.settings.listen) {
            logger.info("listening on \(settings.scheme)://\(address.description)")
        }
        await withTaskGroup { group in
            group.addTask { await proxy.watchCertificates() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        logger.info(
            "draining: no new connections, up to \(proxy.settings.drain.nanoseconds / 1_000_000_000)s for those under way"
        )
        await proxy.stop()
    }
}
