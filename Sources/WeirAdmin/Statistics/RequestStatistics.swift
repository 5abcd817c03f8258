/// Requests of all routes.
package struct RequestStatistics: Sendable, Encodable, Equatable {
    /// Finished, on any route.
    package var total: UInt64 = 0
    /// By the first digit of the status, as in `2xx`.
    package var byStatus: [String: UInt64] = [:]
    /// Broken off, or left by their clients; not in `total`.
    package var aborted: UInt64 = 0
    /// Not HTTP, or taken by no route; not in `total`.
    package var refused: UInt64 = 0

    package init() {}
}
