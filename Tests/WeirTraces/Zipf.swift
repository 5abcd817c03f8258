/// Numbers from 0 on, drawn by Zipf's law with exponent 1: number `n` is drawn in proportion to `1 / (n + 1)`.
///
/// Vose's alias method: a draw takes one random word and two look-ups, however many numbers there are.
package struct Zipf: Sendable {
    /// Of each column, what falls to its own number; the rest falls to ``aliases``.
    private let thresholds: [Double]
    private let aliases: [Int32]
    private let sum: Double

    package init(count: Int) {
        sum = Self.harmonic(count)
        let mean = sum / Double(count)
        var shares = (1...count).map { 1 / Double($0) / mean }
        var aliases = (0..<count).map { Int32($0) }
        var small = shares.indices.filter { shares[$0] < 1 }
        var large = shares.indices.filter { shares[$0] >= 1 }
        while let column = small.popLast(), let other = large.last {
            aliases[column] = Int32(other)
            shares[other] -= 1 - shares[column]
            if shares[other] < 1 { small.append(large.removeLast()) }
        }
        thresholds = shares
        self.aliases = aliases
    }

    package func next(using generator: inout SplitMix64) -> Int {
        let word = generator.next()
        let column = Int(((word >> 32) * UInt64(thresholds.count)) >> 32)
        return Double(word & 0xFFFF_FFFF) / 0x1p32 < thresholds[column] ? column : Int(aliases[column])
    }

    package var count: Int { thresholds.count }

    /// How much of all draws falls to the first `count` numbers: what a cache that holds those would hit.
    package func share(ofFirst count: Int) -> Double { Self.harmonic(count) / sum }

    private static func harmonic(_ count: Int) -> Double { (1...count).reduce(0) { $0 + 1 / Double($1) } }
}
