import Synchronization

/// Where the tries of one call have been, as their places among the upstream's addresses, so that the next one goes
/// elsewhere. Goes with the ``UpstreamRequest``.
final class TriedAddresses: Sendable {
    private let places = Mutex<[Int]>([])

    var all: [Int] { places.withLock { $0 } }

    func add(_ address: Int) { places.withLock { $0.append(address) } }
}
