import Synchronization

/// A number that all event loops add to.
final class Counter: Sendable {
    private let count = Atomic(0)

    init() {}

    var value: Int { count.load(ordering: .relaxed) }
    func add(_ amount: Int) { count.wrappingAdd(amount, ordering: .relaxed) }
    func increment() { count.wrappingAdd(1, ordering: .relaxed) }
}
