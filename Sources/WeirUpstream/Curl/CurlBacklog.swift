import Synchronization

/// Bytes on their way between libcurl's thread and a call's event loop, in one direction, counted by both sides.
///
/// The side that adds stops once the backlog is full; the side that removes hears when it has drained, exactly once
/// for each time it was full, because each crossing of the lower mark is seen by one `remove` alone.
final class CurlBacklog: Sendable {
    /// Bytes above which nothing more is added.
    static let full = 256 << 10
    /// Bytes below which adding goes on.
    static let drained = 128 << 10

    private let bytes = Atomic<Int>(0)

    var isFull: Bool { bytes.load(ordering: .sequentiallyConsistent) > Self.full }
    var isDrained: Bool { bytes.load(ordering: .sequentiallyConsistent) < Self.drained }

    var count: Int { bytes.load(ordering: .sequentiallyConsistent) }

    func add(_ count: Int) { bytes.add(count, ordering: .sequentiallyConsistent) }

    /// - Returns: whether the backlog has just drained.
    func remove(_ count: Int) -> Bool {
        let (old, new) = bytes.subtract(count, ordering: .sequentiallyConsistent)
        return old >= Self.drained && new < Self.drained
    }
}
