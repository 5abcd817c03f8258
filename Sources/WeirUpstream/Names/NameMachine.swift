import NIOCore

/// What is known of a name's addresses, and when to ask again.
///
///     unknown ──▶ known ──ttl──▶ asked again ─┬─ answered: known
///        └──▶ failed ◀── keep is over ────────┴─ failed: still known; asked again after 1 s, 2 s, 4 s … up to ttl
///
/// The name is asked for all the time, not only when somebody needs it, so that addresses are never older than `ttl`
/// and one lookup, and so that connections to those that are gone can be let go. Driven by ``NameWatch``; holds no
/// clock, and does not look up anything.
struct NameMachine {
    enum Answer {
        /// The first lookup is not over.
        case unknown
        /// At least one, in the resolver's order.
        case addresses([SocketAddress])
        case failed(NameError)
    }

    /// Wait so long after the first failure; then twice as long each time.
    private static let firstPause = TimeAmount.seconds(1)

    private let settings: DNSSettings
    private var addresses: [SocketAddress] = []
    private var resolvedAt = NIODeadline.distantPast
    /// Failures in a row.
    private var failures = 0
    private var failure: NameError?
    private var isLookingUp = false

    init(settings: DNSSettings) { self.settings = settings }

    // MARK: Lookups

    /// What a lookup changed.
    enum Change: Equatable {
        case none
        /// Another set of addresses.
        case some
        /// None of the addresses before is among those now.
        case all
    }

    mutating func begun() { isLookingUp = true }

    /// - Parameter found: at least one.
    mutating func succeeded(_ found: [SocketAddress], now: NIODeadline) -> Change {
        precondition(!found.isEmpty, "Cannot resolve a name to no address")
        let (before, after) = (Set(addresses), Set(found))
        addresses = found
        resolvedAt = now
        failures = 0
        failure = nil
        isLookingUp = false
        if before == after { return .none }
        return before.isDisjoint(with: after) && !before.isEmpty ? .all : .some
    }

    mutating func failed(_ error: NameError) {
        failures += 1
        failure = error
        isLookingUp = false
    }

    /// A lookup takes so long that nobody should wait for it. It may still come to something.
    mutating func overdue() {
        // The lookup may have ended while the timer fired.
        if isLookingUp { failure = NameError("looking up the name takes too long") }
    }

    /// From the end of a lookup to the next.
    var pause: TimeAmount {
        var pause = min(Self.firstPause, settings.ttl)
        guard failures > 0 else { return settings.ttl }
        for _ in 1..<failures where pause < settings.ttl { pause = min(pause * 2, settings.ttl) }
        return pause
    }

    // MARK: Answers

    func answer(now: NIODeadline) -> Answer {
        guard let failure else { return addresses.isEmpty ? .unknown : .addresses(addresses) }
        let isKept = !addresses.isEmpty && now < resolvedAt + settings.keep
        return isKept ? .addresses(addresses) : .failed(failure)
    }
}
