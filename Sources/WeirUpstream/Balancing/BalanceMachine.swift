import NIOCore

/// Which of an upstream's addresses takes a call.
///
/// The one with the fewest calls under way among the best there are; where several have as few, each in its turn. From
/// best to worst:
///
/// 1. those that are ready;
/// 2. those passed over, or returning with their one call under way;
/// 3. those ejected: calls failed there, but its checks, if there are any, do not say that it is down;
/// 4. those that are unhealthy, in the same order. That is, when no address is healthy all are tried: checks that are
///    wrong must not take down what works.
///
/// So there is always an address, and whether calls go out at all is the circuit breaker's affair. ``Addresses`` drives
/// it, with every event loop's calls.
struct BalanceMachine: Sendable {
    /// Where a call goes. Comes back through ``end(_:_:now:)``, exactly once.
    struct Choice: Sendable {
        /// Its place among the upstream's addresses.
        let address: Int
        fileprivate let ticket: EjectionMachine.Ticket
    }

    private struct Address {
        var pending = 0
        var calls = 0
        var ejection: EjectionMachine
        /// nil without checks.
        var health: HealthMachine?

        var isHealthy: Bool { health?.isHealthy ?? true }
    }

    private var addresses: [Address]
    /// Where looking begins, so that equals take turns.
    private var start = 0

    /// - Parameter count: at least 1.
    init(count: Int, ejection: EjectionSettings, health: HealthSettings?) {
        precondition(count > 0, "Cannot choose among no addresses")
        let address = Address(
            ejection: EjectionMachine(settings: ejection),
            health: health.map { HealthMachine(settings: $0) }
        )
        addresses = Array(repeating: address, count: count)
    }

    // MARK: Calls

    mutating func choose(now: NIODeadline) -> Choice {
        var best = start
        var least = (rank: Int.max, pending: Int.max)
        for offset in addresses.indices {
            let index = (start + offset) % addresses.count
            let this = (rank: rank(of: index, now: now), pending: addresses[index].pending)
            if this < least { (best, least) = (index, this) }
        }
        start = (best + 1) % addresses.count
        addresses[best].pending += 1
        addresses[best].calls += 1
        return Choice(address: best, ticket: addresses[best].ejection.admit(now: now))
    }

    /// It is known how the call went, before its end. To be said at most once.
    mutating func report(_ choice: Choice, _ outcome: AddressOutcome, now: NIODeadline) -> EjectionMachine.Change? {
        let isLast = !addresses.indices.contains { index in
            index != choice.address && addresses[index].isHealthy && addresses[index].ejection.isServing
        }
        return addresses[choice.address].ejection.report(choice.ticket, outcome, isLast: isLast, now: now)
    }

    /// - Parameter outcome: nil where it has been reported already.
    mutating func end(_ choice: Choice, _ outcome: AddressOutcome?, now: NIODeadline) -> EjectionMachine.Change? {
        precondition(addresses[choice.address].pending > 0, "Cannot end a call that has not begun")
        addresses[choice.address].pending -= 1
        guard let outcome else { return nil }
        return report(choice, outcome, now: now)
    }

    private mutating func rank(of index: Int, now: NIODeadline) -> Int {
        let standing = addresses[index].ejection.standing(now: now).rawValue
        return addresses[index].isHealthy ? standing : standing + 3
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
            calls: this.calls,
            consecutiveFailures: this.ejection.consecutiveFailures,
            ejections: this.ejection.ejections,
            ejectedSeconds: left.map { Int(($0.nanoseconds + 999_999_999) / 1_000_000_000) },
            health: this.health.map { .init(passed: $0.passed, failed: $0.failed, lastFailure: $0.lastFailure) }
        )
    }
}
