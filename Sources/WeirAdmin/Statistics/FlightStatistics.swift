/// Identical requests that shared one upstream call.
package struct FlightStatistics: Sendable, Encodable, Equatable {
    /// Under way now.
    package var open = 0
    package var leaders: UInt64 = 0
    package var followers: UInt64 = 0
    /// Followers that had to go on alone, as the answer could not be shared; among `followers`.
    package var released: UInt64 = 0
    /// Requests that found a flight full.
    package var full: UInt64 = 0
    /// Flights that had no answer in time, so that another request led one in their place.
    package var overdue: UInt64 = 0
    /// Requests that were not made to wait, since the answer before theirs could not be shared.
    package var unshared: UInt64 = 0

    package init() {}
}
