/// One upstream of `proxy.conf`, checked.
package struct UpstreamSettings: Sendable, Equatable {
    package var name: String
    package var url: UpstreamURL
    package var host: HostPolicy
    /// PEM file of certificate authorities for this upstream alone; the system's when nil.
    package var caFile: String?
    /// Set on every request, replacing the client's. In the file's order.
    package var headers: [(name: String, value: String)]
    package var timeouts: UpstreamTimeouts
    package var pool: PoolSettings
    /// For services without one of their own.
    package var breaker: BreakerSettings
    package var breakerByService: [Service: BreakerSettings]
    package var retry: RetrySettings
    package var coolDown: CoolDownSettings

    package init(
        name: String,
        url: UpstreamURL,
        host: HostPolicy = .upstream,
        caFile: String? = nil,
        headers: [(name: String, value: String)] = [],
        timeouts: UpstreamTimeouts = UpstreamTimeouts(),
        pool: PoolSettings = PoolSettings(),
        breaker: BreakerSettings = BreakerSettings(),
        breakerByService: [Service: BreakerSettings] = [:],
        retry: RetrySettings = RetrySettings(),
        coolDown: CoolDownSettings = CoolDownSettings()
    ) {
        self.name = name
        self.url = url
        self.host = host
        self.caFile = caFile
        self.headers = headers
        self.timeouts = timeouts
        self.pool = pool
        self.breaker = breaker
        self.breakerByService = breakerByService
        self.retry = retry
        self.coolDown = coolDown
    }

    package static func == (left: UpstreamSettings, right: UpstreamSettings) -> Bool {
        left.name == right.name && left.url == right.url && left.host == right.host && left.caFile == right.caFile
            && left.headers.elementsEqual(right.headers, by: ==) && left.timeouts == right.timeouts
            && left.pool == right.pool && left.breaker == right.breaker
            && left.breakerByService == right.breakerByService && left.retry == right.retry
            && left.coolDown == right.coolDown
    }
}

/// Which `Host` an upstream sees.
package enum HostPolicy: String, Sendable, CaseIterable {
    /// The upstream's own authority.
    case upstream
    /// The client's.
    case preserve
}
