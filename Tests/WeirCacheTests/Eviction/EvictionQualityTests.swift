import Testing

@testable import WeirCache

@Suite("Eviction quality")
struct EvictionQualityTests {
    private static let keys = 10_000

    /// Keys drawn by Zipf's law with exponent 1.
    private static func trace(count: Int) -> [Int] {
        var sums: [Double] = []
        var sum = 0.0
        for rank in 1...keys {
            sum += 1 / Double(rank)
            sums.append(sum)
        }
        var generator = SplitMix64(state: 2026)
        return (0..<count).map { _ in
            let point = Double.random(in: 0..<sum, using: &generator)
            var (low, high) = (0, keys - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > point { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    @Test(
        "a Zipf trace hits as often as with the best policies known",
        arguments: [(100, 0.520), (500, 0.683), (1000, 0.752), (2500, 0.840)]
    )
    func zipf(room: Int, least: Double) {
        let warmUp = 100_000
        var queue = S3FIFO<Int>()
        var stored: [EntryHandle?] = Array(repeating: nil, count: Self.keys)
        var (hits, requests) = (0, 0)
        for (position, key) in Self.trace(count: 400_000).enumerated() {
            let isCounted = position >= warmUp
            requests += isCounted ? 1 : 0
            if let handle = stored[key] {
                queue.use(handle)
                hits += isCounted ? 1 : 0
                continue
            }
            while queue.count >= room, let victim = queue.evict() { stored[victim.element] = nil }
            stored[key] = queue.insert(key, size: 1, fingerprint: UInt32(key))
        }
        #expect(Double(hits) / Double(requests) >= least)
    }
}
