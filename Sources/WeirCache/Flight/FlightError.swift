/// Why one reader's flight ended while the others' goes on.
package enum FlightError: Error, Equatable {
    /// It fell further behind than what is kept.
    case tooSlow
}
