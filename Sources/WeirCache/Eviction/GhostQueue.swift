import NIOCore

/// Fingerprints of what was evicted lately, oldest first. Two keys with one fingerprint only mean that one of them
/// is kept a little longer than it deserves.
struct GhostQueue {
    private var order = CircularBuffer<UInt32>()
    /// Which one of `order` is the latest with this fingerprint, counted from the first ever.
    private var latest: [UInt32: UInt32] = [:]
    private var added: UInt32 = 0

    var count: Int { latest.count }

    /// - Parameter limit: fingerprints kept; the oldest go.
    mutating func remember(_ fingerprint: UInt32, limit: Int) {
        order.append(fingerprint)
        latest[fingerprint] = added
        added &+= 1
        while order.count > limit {
            let oldest = added &- UInt32(order.count)
            let fingerprint = order.removeFirst()
            if latest[fingerprint] == oldest { latest[fingerprint] = nil }
        }
    }

    /// Whether it was evicted lately; forgets it.
    mutating func take(_ fingerprint: UInt32) -> Bool { latest.removeValue(forKey: fingerprint) != nil }
}
