import NIOCore

/// Checks one address again and again, from when it is told to until it is told to stop. Lives on its event loop.
final class HealthCheck {
    private let address: Int
    private let addresses: Addresses
    private let request: UpstreamRequest
    private let transport: any Transport
    private let settings: HealthSettings
    private let eventLoop: any EventLoop
    private var probe: HealthProbe?
    private var timer: Scheduled<Void>?
    private var isStopped = false

    init(
        _ address: Int,
        of addresses: Addresses,
        request: UpstreamRequest,
        through transport: any Transport,
        settings: HealthSettings,
        on eventLoop: any EventLoop
    ) {
        self.address = address
        self.addresses = addresses
        self.request = request
        self.transport = transport
        self.settings = settings
        self.eventLoop = eventLoop
    }

    func begin() {
        guard !isStopped else { return }
        let probe = HealthProbe(settings: settings) { self.finished($0) }
        self.probe = probe
        probe.call = transport.start(request, on: eventLoop, handler: probe)
    }

    func stop() {
        isStopped = true
        timer?.cancel()
        probe?.cancel()
        probe = nil
    }

    private func finished(_ result: HealthResult) {
        probe = nil
        addresses.checked(address, result)
        // So that many sidecars do not check at once.
        let pause = Double(settings.interval.nanoseconds) * Double.random(in: 0.9...1.1)
        // Weak: whoever drops the transport without stopping it has no more checks.
        timer = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(pause))) { [weak self] in self?.begin() }
    }
}
