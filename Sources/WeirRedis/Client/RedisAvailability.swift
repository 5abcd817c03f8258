import Synchronization

/// How many nodes would take a command now, for all event loops to see.
final class RedisAvailability: Sendable {
    private let count = Atomic(0)

    var isAny: Bool { count.load(ordering: .relaxed) > 0 }

    func changed(by change: Int) { count.wrappingAdd(change, ordering: .relaxed) }
}
