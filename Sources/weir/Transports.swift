import Logging
import NIOPosix
import Synchronization
import WeirUpstream

/// Makes the transport that fits an upstream: plain HTTP directly, `https` mostly through libcurl, whose thread is
/// started with the first that needs it; and one around several of them where there are several addresses, or health checks.
final class Transports: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let engine = Mutex<CurlEngine?>(nil)

    init(group: MultiThreadedEventLoopGroup, logger: Logger = Logger(label: "weir")) {
        self.group = group
        self.logger = logger
    }

    func make(_ settings: UpstreamSettings) -> any Transport {
        guard settings.isBalanced else { return makeSingle(settings) }
        return BalancedTransport(settings: settings, checkLoop: group.next(), logger: logger, make: makeSingle)
    }

    /// To the one address that is the settings' `url`.
    private func makeSingle(_ settings: UpstreamSettings) -> any Transport {
        switch settings.url.scheme {
        case .http: DirectTransport(settings: settings, group: group)
        case .https: SecureTransport(settings: settings, engine: sharedEngine(), group: group)
        }
    }

    private func sharedEngine() -> CurlEngine {
        engine.withLock { engine in
            if let engine { return engine }
            let started = CurlEngine()
            engine = started
            return started
        }
    }

    func shutdown() async {
        let running = engine.withLock { $0 }
        await running?.shutdown()
    }
}
