import NIOCore

/// Which credentials have been told to wait, and until when.
///
///     429 ──▶ cooling down ── its time is over ──▶ watched ── no 429 for `max`, or a success ──▶ forgotten
///                  ▲                                  │
///                  └────── 429: twice as long ────────┘
///
/// Apart from the breaker: an upstream that answers 429 works, and other credentials may go on. A pure value;
/// ``CoolDowns`` drives it.
struct CoolDownTable: Sendable {
    private struct Entry: Sendable {
        var until: NIODeadline
        /// How many times in a row the upstream did not say for how long.
        var step: Int
    }

    private let settings: CoolDownSettings
    private var entries: [CoolDownKey: Entry] = [:]

    init(settings: CoolDownSettings) { self.settings = settings }

    var count: Int { entries.count }

    /// The upstream has answered with 429.
    /// - Parameter retryAfter: what it said; nil where it did not.
    /// - Returns: until when it is not to be called.
    mutating func throttled(_ key: CoolDownKey, retryAfter: TimeAmount?, now: NIODeadline) -> NIODeadline {
        let asked = retryAfter.map { now + min($0, settings.retryAfterMax) }
        let known = entries[key].flatMap { now < $0.until + settings.max ? $0 : nil }
        if let known, now < known.until {
            // A call from before: it adds what it knows, but is no second offence.
            entries[key]?.until = max(known.until, asked ?? known.until)
            return max(known.until, asked ?? known.until)
        }
        let step = known.map { $0.step + 1 } ?? 0
        let until = asked ?? now + pause(step: step)
        if entries[key] == nil { makeRoom(now: now) }
        entries[key] = Entry(until: until, step: asked == nil ? step : 0)
        return until
    }

    private func pause(step: Int) -> TimeAmount {
        var pause = min(settings.first, settings.max)
        for _ in 0..<step where pause < settings.max { pause = min(pause * 2, settings.max) }
        return pause
    }

    private mutating func makeRoom(now: NIODeadline) {
        guard entries.count >= settings.entries else { return }
        let longest = settings.max
        entries = entries.filter { now < $0.value.until + longest }
        guard entries.count >= settings.entries else { return }
        if let next = entries.min(by: { $0.value.until < $1.value.until }) { entries[next.key] = nil }
    }

    /// How long the credential is still to wait; nil when it may call.
    func remaining(_ key: CoolDownKey, now: NIODeadline) -> TimeAmount? {
        guard let entry = entries[key], now < entry.until else { return nil }
        return entry.until - now
    }

    /// A call was answered as it should. One from before the credential was told to wait changes nothing.
    mutating func succeeded(_ key: CoolDownKey, now: NIODeadline) {
        if let entry = entries[key], now >= entry.until { entries[key] = nil }
    }

    /// - Parameter service: nil for all of them.
    mutating func forget(_ service: Service?) {
        entries = entries.filter { service != nil && $0.key.service != service }
    }

    /// How many credentials wait now, by service; services with none are left out.
    func waiting(now: NIODeadline) -> [Service: Int] {
        entries.reduce(into: [:]) { counts, entry in
            if now < entry.value.until { counts[entry.key.service, default: 0] += 1 }
        }
    }
}
