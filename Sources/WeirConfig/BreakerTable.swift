import WeirProxy
import WeirUpstream

/// The circuit breakers of a configuration as `weir check` prints them.
package enum BreakerTable {
    /// For each upstream and service the failures in a row that open the breaker, and for how long at first:
    ///
    ///     BREAKERS  CHAT    EMBEDDINGS  MODERATIONS  FINE_TUNING  OTHER
    ///     app       5, 30s  5, 30s      5, 30s       5, 30s       5, 30s
    ///     openai    5, 60s  10, 30s     15, 20s      3, 2m        5, 30s
    package static func render(_ configuration: Configuration) -> String {
        let upstreams = configuration.proxy.upstreams
        let services = Service.allCases.map { service in
            (heading: service.rawValue.uppercased(), cells: upstreams.map { cell($0.breakerSettings(of: service)) })
        }
        return TextTable.render([(heading: "BREAKERS", cells: upstreams.map(\.name))] + services)
    }

    private static func cell(_ breaker: BreakerSettings) -> String {
        "\(breaker.failures), \(DurationUnit.format(breaker.open))"
    }
}
