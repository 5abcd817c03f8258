package import Histogram

/// How long requests took: percentiles for people, cumulative buckets for Prometheus, both from one HDR histogram.
///
/// Encoded it is its percentiles alone.
package struct LatencyDistribution: Sendable, Equatable, Encodable {
    /// Upper bounds of the buckets: microseconds, and seconds as the label `le` has them.
    static let bounds: [(microseconds: UInt64, label: String)] = [
        (500, "0.0005"), (1_000, "0.001"), (2_500, "0.0025"), (5_000, "0.005"), (10_000, "0.01"), (25_000, "0.025"),
        (50_000, "0.05"), (100_000, "0.1"), (250_000, "0.25"), (500_000, "0.5"), (1_000_000, "1"), (2_500_000, "2.5"),
        (5_000_000, "5"), (10_000_000, "10"), (30_000_000, "30"), (60_000_000, "60"),
    ]

    private enum CodingKeys: CodingKey { case p50, p95, p99 }

    /// Milliseconds; 0 before the first request.
    package private(set) var p50 = 0.0
    package private(set) var p95 = 0.0
    package private(set) var p99 = 0.0
    /// Requests that took at most as long as the bound at the same place.
    private(set) var cumulativeCounts = [UInt64](repeating: 0, count: bounds.count)
    private(set) var count: UInt64 = 0
    private(set) var sumSeconds = 0.0

    package init() {}

    /// - Parameters:
    ///   - histogram: microseconds. Its resolution decides how sharp the bounds are; the count is exact.
    ///   - sumMicroseconds: of all requests, exact.
    package init(_ histogram: Histogram<UInt64>, sumMicroseconds: UInt64) {
        p50 = Double(histogram.valueAtPercentile(50)) / 1_000
        p95 = Double(histogram.valueAtPercentile(95)) / 1_000
        p99 = Double(histogram.valueAtPercentile(99)) / 1_000
        sumSeconds = Double(sumMicroseconds) / 1_000_000
        var bucket = 0
        for recorded in histogram.recordedValues() {
            let microseconds = histogram.lowestEquivalentForValue(recorded.value)
            while bucket < Self.bounds.count, microseconds > Self.bounds[bucket].microseconds {
                cumulativeCounts[bucket] = count
                bucket += 1
            }
            count += recorded.count
        }
        for rest in bucket..<Self.bounds.count { cumulativeCounts[rest] = count }
    }
}
