/// How long calls to Redis took that were answered in time.
///
/// Encoded it is their number, the mean and the maximum.
package struct RedisLatencyStatistics: Sendable, Encodable, Equatable {
    package struct Bucket: Sendable, Equatable {
        /// Its upper end, in seconds.
        package var bound: Double
        /// Calls that took no longer.
        package var count: Int
    }

    private enum CodingKeys: CodingKey { case count, meanSeconds, maxSeconds }

    package var count = 0
    package var meanSeconds = 0.0
    package var maxSeconds = 0.0
    package var sumSeconds = 0.0
    package var buckets: [Bucket] = []

    package init() {}
}
