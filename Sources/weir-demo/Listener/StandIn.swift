import Hummingbird
import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One listener with its router.
struct StandIn: Sendable {
    let name: String
    let address: ListenAddress
    let responder: RouterResponder<DemoContext>

    /// Serves until the task is cancelled.
    ///
    /// - Throws: `ListenError` when the address cannot be bound.
    func run() async throws {
        var logger = Logger(label: "weir-demo")
        let announce = logger
        logger.logLevel = .error
        let application = Application(
            responder: responder,
            server: .http1(configuration: .init(additionalChannelHandlers: [HangUpHandler()])),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                serverName: nil
            ),
            onServerRunning: { _ in announce.info("\(name) on http://\(address)") },
            logger: logger
        )
        do {
            try await application.runService(gracefulShutdownSignals: [])
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ListenError(address: address, reason: "the port is in use")
        } catch {
            throw ListenError(address: address, reason: "\(error)")
        }
    }
}
