/// Who fetches what a flight's readers read. Methods may be called on any thread.
package protocol FlightOwner: AnyObject, Sendable {
    /// Whether the readers keep up. While not wanted, the owner should stop reading from its upstream.
    func flightWantsMore(_ wanted: Bool)
    /// The last reader has left before the end.
    func flightIsDeserted()
}
