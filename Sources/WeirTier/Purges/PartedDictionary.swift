/// A dictionary in parts that grow each for itself: one of 100,000 entries that doubles moves all of them, which takes
/// milliseconds amid whatever waits for it.
struct PartedDictionary<Key: Hashable, Value> {
    private static var partCount: Int { 64 }

    private var parts = [[Key: Value]](repeating: [:], count: Self.partCount)
    private(set) var count = 0

    /// The most entries that one insertion may move.
    var largestPart: Int { parts.lazy.map(\.count).max() ?? 0 }

    subscript(key: Key) -> Value? {
        get { parts[Self.part(of: key)][key] }
        set {
            let part = Self.part(of: key)
            let before = parts[part].count
            parts[part][key] = newValue
            count += parts[part].count - before
        }
    }

    mutating func removeAll(where isGone: (Value) -> Bool) {
        for part in parts.indices { parts[part] = parts[part].filter { !isGone($0.value) } }
        count = parts.reduce(0) { $0 + $1.count }
    }

    private static func part(of key: Key) -> Int { key.hashValue & (partCount - 1) }
}
