/// What a request gets that asks to share an answer.
package enum FlightTicket: Sendable {
    /// Nobody is fetching it: fetch, and let others read along.
    case lead(Flight, FlightReader)
    case follow(FlightReader)
    /// As many as may follow do already.
    case full
}
