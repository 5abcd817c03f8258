import NIOCore

/// How long each of many lookups took, in nanoseconds: exact up to 16 µs, above in steps of a sixteenth.
struct Latencies {
    private static let exact: Int64 = 16_384
    private var counts = [Int](repeating: 0, count: 16_384 + 64 * 16)
    private(set) var count = 0
    private(set) var longest: Int64 = 0

    mutating func add(_ nanoseconds: Int64) {
        count += 1
        longest = max(longest, nanoseconds)
        counts[Self.bucket(nanoseconds)] += 1
    }

    func percentile(_ share: Double) -> Int64 {
        var left = Int(Double(count) * share)
        for (bucket, count) in counts.enumerated() {
            left -= count
            if left < 0 { return Self.value(bucket) }
        }
        return longest
    }

    private static func bucket(_ nanoseconds: Int64) -> Int {
        guard nanoseconds >= exact else { return Int(max(0, nanoseconds)) }
        let power = 63 - nanoseconds.leadingZeroBitCount
        return Int(exact) + (power - 14) * 16 + Int(nanoseconds >> Int64(power - 4)) - 16
    }

    private static func value(_ bucket: Int) -> Int64 {
        guard bucket >= Int(exact) else { return Int64(bucket) }
        let (power, step) = ((bucket - Int(exact)) / 16 + 14, (bucket - Int(exact)) % 16)
        return Int64(16 + step) << Int64(power - 4)
    }
}
