import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import WeirConfig
import WeirProxy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads the configuration again when it is told to, and when its file has changed, and has the proxy run by it.
///
/// One attempt at a time. What comes meanwhile is one more attempt after it, however often it came.
final class ReloadService: Service {
    private let file: ConfigurationFile
    /// What the parts run by that take their settings only at the start.
    private let started: Configuration
    private let proxy: Proxy
    private let logger: Logger
    private let content: Data?
    private let isAsked = Atomic(false)
    private let isReady = Atomic(false)
    private let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let reload: Mutex<ReloadSettings>

    /// - Parameters:
    ///   - content: of the file, from before `started` was read from it.
    init(file: ConfigurationFile, content: Data?, started: Configuration, proxy: Proxy, logger: Logger) {
        self.file = file
        self.content = content
        self.started = started
        self.proxy = proxy
        self.logger = logger
        reload = Mutex(started.reload)
    }

    /// For SIGHUP: the file is read again, whether it has changed or not.
    func ask() {
        isAsked.store(true, ordering: .relaxed)
        wake.yield()
    }

    /// The proxy has started: from now on there is something to reload.
    func begin() {
        isReady.store(true, ordering: .relaxed)
        wake.yield()
    }

    /// Ends when Weir is told to stop, behind the attempt under way.
    func run() async {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await self.keepLooking() }
                await reloadWhenWoken()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.wake.finish()
        }
    }

    /// Wakes once every `watch`. A reload may change that, so it never sleeps for longer than a second.
    private func keepLooking() async {
        var lookedAt = NIODeadline.now()
        while !Task.isCancelled {
            let interval = reload.withLock { $0.watch }
            let sleep = interval > .zero ? min(interval, .seconds(1)) : .seconds(1)
            try? await Task.sleep(for: .nanoseconds(sleep.nanoseconds))
            guard interval > .zero, NIODeadline.now() - lookedAt >= interval else { continue }
            lookedAt = .now()
            wake.yield()
        }
    }

    private func reloadWhenWoken() async {
        var watch = FileWatch(known: content)
        for await _ in wakes where isReady.load(ordering: .relaxed) {
            if isAsked.exchange(false, ordering: .relaxed) {
                watch.hasRead(file.content)
                await apply()
            } else {
                let content = file.content
                // Where it is there and cannot be opened, that is for want of files, and passes.
                if content == nil, file.isReadable { continue }
                if watch.look(content) { await apply() }
            }
        }
    }

    private func apply() async {
        do {
            let configuration = try file.read()
            let waiting = configuration.waitingForRestart(since: started)
            let settings = FileLimit.fit(configuration.proxy, logger: logger)
            try await proxy.reload(settings, waitingForRestart: waiting)
            reload.withLock { $0 = configuration.reload }
            report(configuration.warnings)
        } catch let failure as Failure {
            let problems = failure.description.split(separator: "\n").map(String.init)
            proxy.refuseReload(problems)
            refused(problems)
        } catch {
            // Told to the proxy's status by itself.
            refused(["\(error)"])
        }
    }

    private func report(_ warnings: [Problem]) {
        let status = proxy.configurationStatus
        logger.info("configuration reloaded", metadata: ["generation": "\(status.generation)"])
        for warning in warnings { logger.warning("\(warning.description)") }
        for key in status.waitingForRestart {
            logger.warning("a new value of '\(key)' waits for a restart; the old one stays")
        }
    }

    private func refused(_ problems: [String]) {
        for problem in problems { logger.error("\(problem)") }
        logger.error("configuration refused: the one that runs stays")
    }
}
