import NIOCore
import WeirHTTP

/// The health checks of all addresses of one upstream, on one event loop.
///
/// Each address has a transport for its checks alone, with one connection, which the next check uses again if the
/// address keeps it open.
final class HealthChecks: Sendable {
    private let eventLoop: any EventLoop
    private let transports: [any Transport]
    private let checks: NIOLoopBoundBox<[HealthCheck]>

    init(
        settings: UpstreamSettings,
        health: HealthSettings,
        addresses: Addresses,
        on eventLoop: any EventLoop,
        make: (UpstreamSettings) -> any Transport
    ) {
        self.eventLoop = eventLoop
        let transports = settings.urls.map { make(settings.aloneForChecks(at: $0)) }
        self.transports = transports
        let checks = settings.urls.enumerated().map { index, url in
            HealthCheck(
                index,
                of: addresses,
                request: settings.checkRequest(to: url, health),
                through: transports[index],
                settings: health,
                on: eventLoop
            )
        }
        self.checks = NIOLoopBoundBox.makeBoxSendingValue(checks, eventLoop: eventLoop)
    }

    func start() {
        eventLoop.execute { [checks] in
            for check in checks.value { check.begin() }
        }
    }

    /// Returns when no check is under way.
    func stop() async {
        try? await eventLoop.submit { [checks] in
            for check in checks.value { check.stop() }
        }.get()
        for transport in transports { await transport.shutdown() }
    }
}

extension UpstreamSettings {
    fileprivate func aloneForChecks(at url: UpstreamURL) -> UpstreamSettings {
        var settings = alone(at: url)
        settings.pool = PoolSettings(max: 1, pending: 1, pendingWait: pool.pendingWait, idle: pool.idle)
        return settings
    }

    /// With the fields that every request to this upstream has; a check may need a credential.
    fileprivate func checkRequest(to url: UpstreamURL, _ health: HealthSettings) -> UpstreamRequest {
        var fields: FieldSection = ["Host": url.authority, "User-Agent": "weir", "Accept": "*/*"]
        for (name, value) in headers {
            fields.removeAll(named: name)
            fields.append(named: name, value)
        }
        return UpstreamRequest(
            method: .get,
            methodName: "GET",
            target: ByteBuffer(string: url.basePath + health.path),
            fields: fields,
            timeouts: UpstreamTimeouts(
                connect: min(timeouts.connect, health.timeout),
                firstByte: health.timeout,
                idle: health.timeout,
                total: health.timeout
            )
        )
    }
}
