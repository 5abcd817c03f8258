/// The share of lookups that the store answered.
enum HitRate {
    /// - Returns: 0...1, to four digits; 0 before the first lookup.
    static func of(hits: UInt64, misses: UInt64) -> Double {
        let lookups = Double(hits) + Double(misses)
        return lookups == 0 ? 0 : (Double(hits) / lookups * 10_000).rounded() / 10_000
    }
}
