import Logging
import ServiceLifecycle
import UnixSignals

/// What the process does on signals: SIGTERM and SIGINT stop it in good order, the second of them at once, SIGHUP
/// reloads the configuration.
struct Signals {
    let services: ServiceGroup
    let reload: ReloadService
    let logger: Logger
    /// Done once the services have ended; a second signal cuts it short.
    let afterwards: @Sendable () async -> Void

    /// Runs the services until they have ended, in whichever way.
    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingTaskGroup { group in
            group.addTask { try await runServices() }
            group.addTask { await listen(to: signals) }
            // Whichever ends first: the services, or the listening, on the second signal.
            try await group.next()
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // What the services end with when they are told to end at once.
            }
        }
    }

    private func runServices() async throws {
        do {
            try await services.run()
        } catch {
            await afterwards()
            throw error
        }
        await afterwards()
    }

    private func listen(to signals: UnixSignalsSequence) async {
        var isStopping = false
        for await signal in signals {
            switch signal {
            case .sighup where isStopping:
                logger.warning("stopping: the configuration is not read again")
            case .sighup:
                reload.ask()
            case _ where isStopping:
                logger.warning("a second signal: stopping at once")
                return
            default:
                isStopping = true
                await services.triggerGracefulShutdown()
            }
        }
    }
}
