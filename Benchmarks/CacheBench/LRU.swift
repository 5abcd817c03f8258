/// What every cache is compared with: the one that was used the longest ago goes. Keys alone, each as large as any other.
struct LRU {
    private let room: Int
    private var count = 0
    /// Rings of keys, the last of them being the anchor: behind it the latest, before it the oldest.
    private var next: [Int32]
    private var previous: [Int32]
    private var anchor: Int { next.count - 1 }

    init(room: Int, keys: Int) {
        self.room = room
        next = Array(repeating: -1, count: keys + 1)
        previous = next
        next[keys] = Int32(keys)
        previous[keys] = Int32(keys)
    }

    /// - Returns: whether it was there; it is from now on.
    mutating func request(_ key: Int) -> Bool {
        let isThere = next[key] >= 0
        if isThere {
            unlink(key)
        } else if count == room {
            let oldest = Int(previous[anchor])
            unlink(oldest)
            next[oldest] = -1
        } else {
            count += 1
        }
        let newest = next[anchor]
        next[key] = newest
        previous[key] = Int32(anchor)
        previous[Int(newest)] = Int32(key)
        next[anchor] = Int32(key)
        return isThere
    }

    private mutating func unlink(_ key: Int) {
        next[Int(previous[key])] = next[key]
        previous[Int(next[key])] = previous[key]
    }
}
