package import NIOCore

/// How the addresses of an upstream are checked.
package struct HealthSettings: Sendable, Equatable {
    /// Asked for with GET, behind the upstream's base path. Begins with `/`.
    package var path: String
    /// From the end of one check to the next, give or take a tenth.
    package var interval: TimeAmount
    /// How long a check may take.
    package var timeout: TimeAmount
    /// Checks passed in a row before an unhealthy address is healthy.
    package var healthy: Int
    /// Checks failed in a row before a healthy address is unhealthy.
    package var unhealthy: Int
    /// The only status that passes; any from 200 to 399 where nil.
    package var status: Int?

    package init(
        path: String,
        interval: TimeAmount = .seconds(5),
        timeout: TimeAmount = .seconds(2),
        healthy: Int = 2,
        unhealthy: Int = 3,
        status: Int? = nil
    ) {
        self.path = path
        self.interval = interval
        self.timeout = timeout
        self.healthy = healthy
        self.unhealthy = unhealthy
        self.status = status
    }

    func passes(status: UInt16) -> Bool {
        self.status.map { $0 == Int(status) } ?? (200..<400).contains(status)
    }
}
