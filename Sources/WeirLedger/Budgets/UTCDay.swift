/// A day from midnight to midnight UTC, counted from 1970-01-01.
struct UTCDay: Sendable, Hashable {
    private static let length: Int64 = 86_400

    let number: Int64

    init(unixSeconds: Int64) {
        let (quotient, rest) = unixSeconds.quotientAndRemainder(dividingBy: Self.length)
        number = rest < 0 ? quotient - 1 : quotient
    }

    /// How long it is until the next midnight after this day.
    func timeLeft(unixSeconds: Int64) -> Duration { .seconds((number + 1) * Self.length - unixSeconds) }

    func isDayBefore(_ other: UTCDay) -> Bool { number == other.number - 1 }
}
