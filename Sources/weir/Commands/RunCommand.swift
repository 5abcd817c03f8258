import ArgumentParser
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import WeirAdmin
import WeirConfig
import WeirProxy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the proxy (the default command).",
        discussion: """
            Checks the whole configuration before anything is bound. SIGHUP, or a change of the file, reads it again \
            and runs by it without dropping a request, unless there is a mistake in it. SIGTERM and SIGINT stop \
            accepting, let what is under way finish within `drain`, and exit 0; a second one ends it at once.
            """
    )

    @OptionGroup var file: ConfigurationFile

    func run() async throws {
        try await Failure.reporting {
            let content = file.content
            let configuration = try file.read()
            LoggingSystem.bootstrap { _ in Logs.handler(configuration.log) }
            let logger = Logger(label: "weir")
            for warning in configuration.warnings { logger.warning("\(warning.description)") }
            try await serve(configuration, from: content, logger: logger)
        }
    }

    private func serve(_ configuration: Configuration, from content: Data?, logger: Logger) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.proxy.workers)
        let transports = Transports(group: group, logger: logger)
        let proxy = Proxy(
            settings: FileLimit.fit(configuration.proxy, logger: logger),
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
        let reload = ReloadService(
            file: file,
            content: content,
            started: configuration,
            proxy: proxy,
            logger: logger
        )
        // Stopped in the reverse order: nothing is reloaded while the proxy drains, and the admin listener tells of the
        // draining to its end.
        let services = ServiceGroup(
            services: [admin, ProxyService(proxy: proxy, logger: logger, onRunning: reload.begin), reload],
            logger: logger
        )
        do {
            // Last of all: what is purged up to the end must not be in it.
            try await Signals(services: services, reload: reload, logger: logger, afterwards: proxy.close).run()
        } catch let error as ListenError {
            throw Failure("weir: \(error.description)")
        }
        await transports.shutdown()
        try await group.shutdownGracefully()
        logger.info("stopped")
    }
}
