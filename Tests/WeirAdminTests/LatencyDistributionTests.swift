import Histogram
import Testing

@testable import WeirAdmin

@Suite("Latency distribution")
struct LatencyDistributionTests {
    @Test("Without requests everything is 0")
    func empty() {
        let latency = LatencyDistribution(.recording([]), sumMicroseconds: 0)
        #expect(latency == LatencyDistribution())
        #expect(latency.cumulativeCounts == [UInt64](repeating: 0, count: 16))
    }

    @Test("A request at a bound is within it, one well over it is not", arguments: LatencyDistribution.bounds.indices)
    func bound(_ index: Int) {
        let bound = LatencyDistribution.bounds[index].microseconds
        let at = LatencyDistribution(.recording([bound]), sumMicroseconds: bound)
        #expect(at.cumulativeCounts == (0..<16).map { $0 >= index ? 1 : 0 })
        let over = LatencyDistribution(.recording([bound + bound / 20]), sumMicroseconds: bound)
        #expect(over.cumulativeCounts == (0..<16).map { $0 > index ? 1 : 0 })
        #expect(at.count == 1 && over.count == 1)
    }

    @Test("Buckets are cumulative; the count is exact and holds what is beyond the last bound")
    func cumulative() {
        let values: [UInt64] = [10, 400, 700, 4_000, 4_100, 900_000, 61_000_000, 3_600_000_000]
        let latency = LatencyDistribution(.recording(values), sumMicroseconds: values.reduce(0, +))
        #expect(latency.cumulativeCounts == [2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6])
        #expect(latency.count == 8)
        #expect(latency.sumSeconds == 3_661.90921)
    }

    @Test("Percentiles are in milliseconds, within the histogram's hundredth")
    func percentiles() {
        let latency = LatencyDistribution(.recording((1...100).map { $0 * 1_000 }), sumMicroseconds: 5_050_000)
        #expect(abs(latency.p50 - 50) <= 0.5)
        #expect(abs(latency.p95 - 95) <= 0.95)
        #expect(abs(latency.p99 - 99) <= 0.99)
    }
}
