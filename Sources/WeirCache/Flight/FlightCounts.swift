/// How much requests have shared.
package struct FlightCounts: Sendable, Equatable {
    /// Flights that can be joined now.
    package var flights: Int
    /// Requests that have led one, ever; so for the others.
    package var leaders: UInt64
    package var followers: UInt64
    /// Followers who had to go on alone: the response could not be shared.
    package var released: UInt64
    /// Requests that found a flight with as many readers as may be.
    package var full: UInt64
    /// Flights that had no head in time, so that another request led a new one.
    package var overdue: UInt64
    /// Requests that were not made to wait, since the answer before theirs could not be shared.
    package var unshared: UInt64

    package init(
        flights: Int = 0,
        leaders: UInt64 = 0,
        followers: UInt64 = 0,
        released: UInt64 = 0,
        full: UInt64 = 0,
        overdue: UInt64 = 0,
        unshared: UInt64 = 0
    ) {
        self.flights = flights
        self.leaders = leaders
        self.followers = followers
        self.released = released
        self.full = full
        self.overdue = overdue
        self.unshared = unshared
    }
}
