import NIOCore

/// Which of an upstream's addresses takes a call.
///
/// The one with the fewest calls under way among the best there are; where several have as few, each in its turn. From
/// best to worst:
///
/// 1. those that are ready;
/// 2. those passed over, or returning with their one call under way;
/// 3. those that this call has tried, whose last call went well;
/// 4. those ejected: calls failed there, but its checks, if there are any, do not say that it is down;
/// 5. others that this call has tried;
/// 6. those that are unhealthy, in the same order. That is, when no address is healthy all are tried: checks that are
///    wrong must not take down what works.
///
/// So there is always an address, and whether calls go out at all is the circuit breaker's affair. When the last address
/// that serves well fails as often in a row as ejects others, those ejected are readmitted, but for unhealthy ones.
/// ``Addresses`` drives it, with every event loop's calls.
struct BalanceMachine: Sendable {
    /// Where a call goes. Comes back through ``end(_:_:now:)``, exactly once.
    struct Choice: Sendable {
        /// Its place among the upstream's addresses.
        let address: Int
        fileprivate let ticket: EjectionMachine.Ticket
    }

    /// What the end of a call has changed.
    enum Change: Sendable, Equatable {
        /// Its address gets no calls for so long.
        case ejected(TimeAmount)
        /// Its address is back.
        case returned
        /// No address serves well, so these, which were ejected or on trial, get calls like all others.
        case readmitted([Int])
    }

    private struct Address {
        var pending = 0
        var ejection: EjectionMachine
        /// nil without checks.
        var health: HealthMachine?

        var isHealthy: Bool { health?.isHealthy ?? true }
    }

    private let ejection: EjectionSettings
    private let health: HealthSettings?
    private var addresses: [Address]
    /// Where looking begins, so that equals take turns.
    private var start = 0

    /// - Parameter count: at least 1.
    init(count: Int, ejection: EjectionSettings, health: HealthSettings?) {
        precondition(count > 0, "Cannot choose among no addresses")
        self.ejection = ejection
        self.health = health
        let address = Address(
            ejection: EjectionMachine(settings: ejection),
            health: health.map { HealthMachine(settings: $0) }
        )
        addresses = Array(repeating: address, count: count)
    }

    /// Takes over how the addresses stand that were there before a reload; calls under way stay the former's. To be said
    /// before the first call.
    /// - Parameter places: each address's place in `former`; nil for those that are new.
    mutating func succeed(_ former: BalanceMachine, places: [Int?]) {
        for (index, place) in places.enumerated() {
            guard let place else { continue }
            let standing = former.addresses[place]
            addresses[index].ejection = EjectionMachine(settings: ejection, succeeding: standing.ejection)
            if let health, let checked = standing.health {
                addresses[index].health = HealthMachine(settings: health, succeeding: checked)
            }
        }
        // Those that served may be gone.
        if !addresses.contains(where: \.ejection.isServing) { _ = readmit() }
    }

    // MARK: Calls

    /// - Parameter tried: addresses that the call has been to already.
    mutating func choose(tried: [Int] = [], now: NIODeadline) -> Choice {
        var best = start
        var least = (rank: Int.max, pending: Int.max)
        for offset in addresses.indices {
            let index = (start + offset) % addresses.count
            let rank = rank(of: index, isTried: tried.contains(index), now: now)
            let this = (rank: rank, pending: addresses[index].pending)
            if this < least { (best, least) = (index, this) }
        }
        start = (best + 1) % addresses.count
        addresses[best].pending += 1
        return Choice(address: best, ticket: addresses[best].ejection.admit(now: now))
    }

    /// It is known how the call went, before its end. To be said at most once.
    mutating func report(_ choice: Choice, _ outcome: AddressOutcome, now: NIODeadline) -> Change? {
        let isLast = !addresses.indices.contains { index in
            index != choice.address && addresses[index].isHealthy && addresses[index].ejection.isServingWell
        }
        switch addresses[choice.address].ejection.report(choice.ticket, outcome, isLast: isLast, now: now) {
        case .ejected(let time): return .ejected(time)
        case .returned: return .returned
        case .refused: return readmit()
        case nil: return nil
        }
    }

    private mutating func readmit() -> Change? {
        let readmitted = addresses.indices.filter { addresses[$0].isHealthy && addresses[$0].ejection.readmit() }
        return readmitted.isEmpty ? nil : .readmitted(readmitted)
    }

    /// - Parameter outcome: nil where it has been reported already.
    mutating func end(_ choice: Choice, _ outcome: AddressOutcome?, now: NIODeadline) -> Change? {
        precondition(addresses[choice.address].pending > 0, "Cannot end a call that has not begun")
        addresses[choice.address].pending -= 1
        guard let outcome else { return nil }
        return report(choice, outcome, now: now)
    }

    private mutating func rank(of index: Int, isTried: Bool, now: NIODeadline) -> Int {
        let rank =
            switch addresses[index].ejection.standing(now: now) {
            case _ where isTried && addresses[index].ejection.isSound: 2
            case .ready: isTried ? 4 : 0
            case .doubtful: isTried ? 5 : 1
            case .ejected: isTried ? 6 : 3
            }
        return addresses[index].isHealthy ? rank : rank + 7
    }

    // MARK: Checks

    /// - Returns: whether the address is healthy now; nil where that has not changed.
    mutating func checked(_ address: Int, _ result: HealthResult) -> Bool? {
        guard addresses[address].health?.report(result) == true else { return nil }
        return addresses[address].isHealthy
    }

    // MARK: Looking in

    /// Whether another address than one that has just failed is in good order.
    var hasSoundAddress: Bool {
        addresses.count > 1 && addresses.contains { $0.isHealthy && $0.ejection.isSound }
    }

    /// Without what is counted.
    /// - Parameter url: of the address.
    mutating func snapshot(of address: Int, url: String, now: NIODeadline) -> AddressSnapshot {
        let left = addresses[address].ejection.ejectionLeft(now: now)
        let this = addresses[address]
        let state: AddressSnapshot.State =
            if !this.isHealthy { .unhealthy } else if left != nil { .ejected } else if !this.ejection.isServing {
                .returning
            } else { .up }
        return AddressSnapshot(
            url: url,
            state: state,
            pending: this.pending,
            consecutiveFailures: this.ejection.consecutiveFailures,
            ejectedSeconds: left.map { Int(($0.nanoseconds + 999_999_999) / 1_000_000_000) },
            health: this.health.map { .init(lastFailure: $0.lastFailure) }
        )
    }
}
