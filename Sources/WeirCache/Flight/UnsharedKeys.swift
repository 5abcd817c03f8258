import NIOCore

/// Keys whose last answer could not be shared: who asks for one of them is not made to wait for somebody else's
/// answer, only to hear that it is not for him ("hit for miss"). Each for a time, and never more than so many.
struct UnsharedKeys {
    private var ends: [FlightKey: NIODeadline] = [:]
    /// In the order in which they were remembered, so that the oldest goes first. One that was remembered again stands
    /// here twice, and one that was forgotten still: the time tells which counts.
    private var order = CircularBuffer<(key: FlightKey, end: NIODeadline)>()

    var count: Int { ends.count }

    /// - Parameters:
    ///   - end: until when; what is remembered later ends later.
    ///   - limit: how many may be remembered.
    mutating func remember(_ key: FlightKey, until end: NIODeadline, now: NIODeadline, limit: Int) {
        while let first = order.first, first.end <= now || order.count >= limit { dropFirst() }
        guard limit > 0, end > now else { return }
        ends[key] = end
        order.append((key, end))
    }

    mutating func forget(_ key: FlightKey) { ends[key] = nil }

    func contains(_ key: FlightKey, now: NIODeadline) -> Bool {
        guard !ends.isEmpty, let end = ends[key] else { return false }
        return now < end
    }

    private mutating func dropFirst() {
        let (key, end) = order.removeFirst()
        if ends[key] == end { ends[key] = nil }
    }
}
