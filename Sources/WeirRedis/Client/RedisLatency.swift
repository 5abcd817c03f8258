package import NIOCore

/// How long calls took, those without a reply in time not among them.
package struct RedisLatency: Sendable, Equatable {
    /// Upper ends of the buckets, in seconds; there is one more for what took longer.
    package static let bounds = [0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1]

    package var count = 0
    package var sum = TimeAmount.zero
    package var max = TimeAmount.zero
    /// Calls that took no longer than each bound, and longer than the one before.
    package var buckets = [Int](repeating: 0, count: RedisLatency.bounds.count + 1)

    package init() {}

    mutating func record(_ time: TimeAmount) {
        count += 1
        sum = sum + time
        max = Swift.max(max, time)
        let seconds = Double(time.nanoseconds) / 1e9
        buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    }

    mutating func add(_ other: RedisLatency) {
        count += other.count
        sum = sum + other.sum
        max = Swift.max(max, other.max)
        for index in buckets.indices { buckets[index] += other.buckets[index] }
    }
}
