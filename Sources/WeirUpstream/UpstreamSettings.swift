/// One upstream of `proxy.conf`, checked.
package struct UpstreamSettings: Sendable, Equatable {
    package var name: String
    /// Its address, or the first of several.
    package var url: UpstreamURL
    /// Its further addresses, with the same scheme and base path.
    package var otherURLs: [UpstreamURL]
    package var host: HostPolicy
    /// PEM file of certificate authorities for this upstream alone; the system's when nil.
    package var caFile: String?
    /// Set on every request, replacing the client's. In the file's order.
    package var headers: [(name: String, value: String)]
    package var timeouts: UpstreamTimeouts
    package var pool: PoolSettings
    /// For services without one of their own; ``BreakerSettings/usual(for:)`` where nil.
    package var breaker: BreakerSettings?
    package var breakerByService: [Service: BreakerSettings]
    /// For the addresses of an upstream that has several.
    package var ejection: EjectionSettings
    /// nil for no checks.
    package var health: HealthSettings?
    package var dns: DNSSettings
    package var retry: RetrySettings
    package var coolDown: CoolDownSettings
    package var pace: PaceSettings
    /// Whether streams of AI answers are asked to tell their usage (`stream_options`).
    package var asksUsage = true

    package init(
        name: String,
        url: UpstreamURL,
        otherURLs: [UpstreamURL] = [],
        host: HostPolicy = .upstream,
        caFile: String? = nil,
        headers: [(name: String, value: String)] = [],
        timeouts: UpstreamTimeouts = UpstreamTimeouts(),
        pool: PoolSettings = PoolSettings(),
        breaker: BreakerSettings? = nil,
        breakerByService: [Service: BreakerSettings] = [:],
        ejection: EjectionSettings = EjectionSettings(),
        health: HealthSettings? = nil,
        dns: DNSSettings = DNSSettings(),
        retry: RetrySettings = RetrySettings(),
        coolDown: CoolDownSettings = CoolDownSettings(),
        pace: PaceSettings = PaceSettings()
    ) {
        self.name = name
        self.url = url
        self.otherURLs = otherURLs
        self.host = host
        self.caFile = caFile
        self.headers = headers
        self.timeouts = timeouts
        self.pool = pool
        self.breaker = breaker
        self.breakerByService = breakerByService
        self.ejection = ejection
        self.health = health
        self.dns = dns
        self.retry = retry
        self.coolDown = coolDown
        self.pace = pace
    }

    /// All its addresses, at least one.
    package var urls: [UpstreamURL] { [url] + otherURLs }

    package func breakerSettings(of service: Service) -> BreakerSettings {
        breakerByService[service] ?? breaker ?? .usual(for: service)
    }

    package static func == (left: UpstreamSettings, right: UpstreamSettings) -> Bool {
        left.name == right.name && left.urls == right.urls && left.host == right.host && left.caFile == right.caFile
            && left.headers.elementsEqual(right.headers, by: ==) && left.timeouts == right.timeouts
            && left.pool == right.pool && left.breaker == right.breaker
            && left.breakerByService == right.breakerByService && left.ejection == right.ejection
            && left.health == right.health && left.dns == right.dns
            && left.retry == right.retry && left.coolDown == right.coolDown && left.pace == right.pace
            && left.asksUsage == right.asksUsage
    }
}

/// Which `Host` an upstream sees.
package enum HostPolicy: String, Sendable, CaseIterable {
    /// The upstream's own authority.
    case upstream
    /// The client's.
    case preserve
}
