import NIOCore

/// Fingerprints of what was evicted lately, oldest first. Two keys with one fingerprint only mean that one of them
/// is kept a little longer than it deserves.
struct GhostQueue {
    /// Fingerprints that one call forgets, at most: where the limit has fallen far, it is come down to by and by.
    private static let forgottenAtOnce = 4

    private var order = CircularBuffer<UInt32>()
    /// Which one of `order` is the latest with its fingerprint, by its number; numbers begin anew after 2³¹.
    private var latest = HandleTable()
    private var added: Int32 = 0

    var count: Int { latest.count }

    /// - Parameter limit: fingerprints kept; the oldest go.
    mutating func remember(_ fingerprint: UInt32, limit: Int) {
        order.append(fingerprint)
        if let former = number(of: fingerprint) {
            latest.replace(former, with: added, hash: fingerprint)
        } else {
            latest.insert(added, hash: fingerprint)
        }
        added = (added &+ 1) & .max
        for _ in 0..<Self.forgottenAtOnce where order.count > limit {
            let oldest = (added &- Int32(order.count)) & .max
            let fingerprint = order.removeFirst()
            if number(of: fingerprint) == oldest { latest.remove(oldest, hash: fingerprint) }
        }
    }

    /// Whether it was evicted lately; forgets it.
    mutating func take(_ fingerprint: UInt32) -> Bool {
        guard let number = number(of: fingerprint) else { return false }
        latest.remove(number, hash: fingerprint)
        return true
    }

    private func number(of fingerprint: UInt32) -> Int32? {
        var probe = latest.probe(fingerprint)
        return latest.next(&probe)
    }
}
