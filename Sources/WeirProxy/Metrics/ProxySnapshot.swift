package import NIOCore
package import WeirCache
package import WeirLedger
package import WeirTier
package import WeirUpstream

/// Everything the admin listener shows of the data plane, taken at one moment.
package struct ProxySnapshot: Sendable {
    package struct RouteSnapshot: Sendable {
        package var name: String
        package var settings: RouteSettings
        package var metrics: RouteMetrics
        /// What of its budget is gone: by its users, and on the route; nil where it has none.
        package var budget: (users: BudgetTotal, route: BudgetTotal)?
    }

    /// What requests under way hold: `limits.memory`.
    package struct BufferSnapshot: Sendable, Equatable {
        package var bytes: Int
        package var capacityBytes: Int
    }

    /// Since the start.
    package var uptime: TimeAmount
    package var openConnections: Int
    /// In the order of the configuration; none once they are closed.
    package var listeners: [ListenerSnapshot]
    /// Summed over the workers.
    package var totals: WorkerMetrics
    /// In the order of the configuration.
    package var routes: [RouteSnapshot]
    /// By which costs are told.
    package var prices: PriceTable
    /// What routes have done that are in the configuration no more.
    package var goneRoutes: RouteMetrics
    package var store: StoreStatistics
    /// What was stored in the life before; nil where no snapshot was to be read at the start.
    package var restored: RestoredSnapshot?
    /// The second tier; nil where there is none.
    package var tier: TierSnapshot?
    package var flights: FlightCounts
    package var buffers: BufferSnapshot
    package var upstreams: [UpstreamSnapshot]
    package var configuration: ConfigurationStatus
    package var isDraining: Bool
}
