import NIOCore

/// Calls and failed calls of the last stretch of time, in ten buckets that fall out one by one.
///
///     now ─┐
///     │ b3 │ b4 │ … │ b12 │      bucket n lies at index n mod 10 and holds `width` of time
///       └ falls out when b13 begins
struct FailureWindow: Sendable {
    private struct Bucket: Sendable {
        /// The time it stands for, in widths since the clock's start.
        var number: UInt64 = 0
        var calls = 0
        var failures = 0
    }

    private static let bucketCount = 10

    private var buckets = InlineArray<10, Bucket>(repeating: Bucket())
    /// Nanoseconds of one bucket.
    private let width: UInt64

    init(length: TimeAmount) {
        width = UInt64(max(length.nanoseconds / Int64(FailureWindow.bucketCount), 1))
    }

    mutating func record(failed: Bool, now: NIODeadline) {
        let number = now.uptimeNanoseconds / width
        let index = Int(number % UInt64(FailureWindow.bucketCount))
        if buckets[index].number != number { buckets[index] = Bucket(number: number) }
        buckets[index].calls += 1
        if failed { buckets[index].failures += 1 }
    }

    func total(now: NIODeadline) -> (calls: Int, failures: Int) {
        let newest = now.uptimeNanoseconds / width
        var (calls, failures) = (0, 0)
        for index in buckets.indices
        where buckets[index].number + UInt64(FailureWindow.bucketCount) > newest && buckets[index].number <= newest {
            calls += buckets[index].calls
            failures += buckets[index].failures
        }
        return (calls, failures)
    }

    mutating func clear() { buckets = InlineArray(repeating: Bucket()) }
}
