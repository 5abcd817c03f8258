/// Connections by what they are doing.
package struct RedisConnectionCounts: Sendable, Equatable {
    package var up = 0
    package var connecting = 0
    /// Between two tries.
    package var waiting = 0

    package init() {}

    static func + (one: RedisConnectionCounts, other: RedisConnectionCounts) -> RedisConnectionCounts {
        var sum = one
        sum.up += other.up
        sum.connecting += other.connecting
        sum.waiting += other.waiting
        return sum
    }
}
