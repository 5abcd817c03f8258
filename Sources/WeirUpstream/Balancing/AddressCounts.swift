/// What is counted of one address. All event loops add to it.
final class AddressCounts: Sendable {
    /// Calls begun.
    let calls = Counter()
    let ejections = Counter()
    private let passedChecks = Counter()
    private let failedChecks = Counter()

    func count(_ result: HealthResult) {
        switch result {
        case .passed: passedChecks.increment()
        case .failed: failedChecks.increment()
        }
    }

    /// The same with what is counted.
    func complete(_ snapshot: AddressSnapshot) -> AddressSnapshot {
        var snapshot = snapshot
        snapshot.calls = calls.value
        snapshot.ejections = ejections.value
        snapshot.health?.passed = passedChecks.value
        snapshot.health?.failed = failedChecks.value
        return snapshot
    }
}
