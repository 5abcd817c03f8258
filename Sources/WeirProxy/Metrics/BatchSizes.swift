/// Upstream calls by how many items each asked for.
package struct BatchSizes: Sendable, Equatable {
    /// The most items of a call that counts to a step; what has more is in ``calls`` alone.
    package static let bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_048]

    /// By step, none in two.
    private var counts = [UInt64](repeating: 0, count: bounds.count)
    package private(set) var calls: UInt64 = 0
    /// Of all calls.
    package private(set) var items: UInt64 = 0

    package init() {}

    /// Calls with as many items or fewer, by step.
    package var cumulativeCounts: [UInt64] {
        var sum: UInt64 = 0
        return counts.map {
            sum += $0
            return sum
        }
    }

    package mutating func record(_ items: Int) {
        calls += 1
        self.items += UInt64(items)
        if let step = Self.bounds.firstIndex(where: { items <= $0 }) { counts[step] += 1 }
    }

    mutating func add(_ other: BatchSizes) {
        for step in counts.indices { counts[step] += other.counts[step] }
        calls += other.calls
        items += other.items
    }
}
