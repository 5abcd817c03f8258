import ArgumentParser
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals
import WeirAdmin
import WeirConfig
import WeirProxy
import WeirUpstream

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the proxy (the default command).",
        discussion: """
            Checks the whole configuration before anything is bound. SIGTERM and SIGINT stop accepting, let what is \
            under way finish within `drain`, and exit 0.
            """
    )

    @OptionGroup var file: ConfigurationFile

    func run() async throws {
        try await Failure.reporting {
            let configuration = try file.read()
            LoggingSystem.bootstrap { _ in Logs.handler(configuration.log) }
            try await serve(configuration, logger: Logger(label: "weir"))
        }
    }

    /// Says so where the system will run out of files before the settings' limits are reached.
    private func checkFileLimit(_ settings: ProxySettings, logger: Logger) {
        let needed = settings.limits.connections + settings.upstreams.reduce(64) { $0 + $1.pool.max }
        guard let limit = FileLimit.raise(), limit < needed else { return }
        logger.warning(
            "the system allows \(limit) open files, fewer than limits.connections and the upstreams' pool.max take",
            metadata: ["needed": "\(needed)"]
        )
    }

    private func serve(_ configuration: Configuration, logger: Logger) async throws {
        checkFileLimit(configuration.proxy, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.proxy.workers)
        let transports = Transports(group: group)
        let proxy = Proxy(
            settings: configuration.proxy,
            group: group,
            logger: logger,
            makeTransport: transports.make
        )
        let admin = AdminServer(
            settings: configuration.admin,
            subject: proxy,
            version: Weir.version,
            logger: logger
        ) { address in
            logger.info("admin on http://\(address.description)")
        }
        // Stopped in the reverse order: the admin listener tells of the draining to its end.
        let services = ServiceGroup(
            services: [admin, ProxyService(proxy: proxy, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        do {
            try await services.run()
        } catch let error as ListenError {
            throw Failure("weir: \(error.description)")
        }
        await transports.shutdown()
        try await group.shutdownGracefully()
        logger.info("stopped")
    }
}
