import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
package import WeirProxy

/// The admin listener: statistics, metrics, health and the admin API.
///
/// It runs on event loops of its own, so that a scrape never waits behind the data plane, nor the other way round.
package struct AdminServer: Service {
    /// Connections that may be open at once.
    private static let maxConnections = 256
    private static let idleTimeout = TimeAmount.seconds(60)

    private let settings: AdminSettings
    private let subject: any AdminSubject
    private let version: String
    private let logger: Logger
    private let onListening: (@Sendable (ListenAddress) -> Void)?

    /// - Parameter onListening: is told the address once it is bound, with the port that the system chose.
    package init(
        settings: AdminSettings,
        subject: any AdminSubject,
        version: String,
        logger: Logger,
        onListening: (@Sendable (ListenAddress) -> Void)? = nil
    ) {
        self.settings = settings
        self.subject = subject
        self.version = version
        var logger = logger
        // The server tells of its listening in its own words otherwise.
        logger.logLevel = max(logger.logLevel, .notice)
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until it is told to stop.
    /// - Throws: ``ListenError`` when the address cannot be had.
    package func run() async throws {
        let isListening = Atomic(false)
        do {
            try await application { isListening.store(true, ordering: .relaxed) }.run()
        } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
            throw ListenError(address: settings.listen, cause: error)
        }
    }

    /// - Parameter onRunning: is called once the address is bound.
    func application(onRunning: @escaping @Sendable () -> Void = {}) -> some ApplicationProtocol {
        Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: Self.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10,
                        maxHeaderListSize: 32 << 10,
                        maxHeaderFieldCount: 200
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.listen.host, port: settings.listen.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maxConnections, logger: logger)
            ),
            onServerRunning: { [settings, onListening] channel in
                onRunning()
                onListening?(
                    ListenAddress(
                        host: settings.listen.host,
                        port: channel.localAddress?.port ?? settings.listen.port
                    )
                )
            },
            logger: logger
        )
    }

    private func router() -> Hummingbird.Router<AdminContext> {
        let endpoints = Endpoints(subject: subject, version: version, settings: settings).all
        let rules = AccessRules(settings)
        let router = Hummingbird.Router(context: AdminContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: AnswerMiddleware(endpoints))
        for endpoint in endpoints {
            // Asked here, not by the path's prefix: a path has more than one spelling.
            router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
                try rules.check(
                    endpoint.access,
                    method: request.method,
                    host: request.head.authority,
                    fields: request.headers
                )
                return try await endpoint.answer(request, context)
            }
        }
        return router
    }
}

/// Services are logged by their description when they start: without one that would be all of their properties, the token
/// among them.
extension AdminServer: CustomStringConvertible {
    package var description: String { "weir.AdminServer" }
}
