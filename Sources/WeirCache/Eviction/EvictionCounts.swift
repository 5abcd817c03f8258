/// Entries that left the store, by reason.
package struct EvictionCounts: Sendable, Equatable {
    package var capacity: UInt64 = 0
    package var expired: UInt64 = 0
    package var replaced: UInt64 = 0
    package var purged: UInt64 = 0

    package init() {}

    package subscript(_ reason: EvictionReason) -> UInt64 {
        get {
            switch reason {
            case .capacity: capacity
            case .expired: expired
            case .replaced: replaced
            case .purged: purged
            }
        }
        set {
            switch reason {
            case .capacity: capacity = newValue
            case .expired: expired = newValue
            case .replaced: replaced = newValue
            case .purged: purged = newValue
            }
        }
    }

    static func += (left: inout EvictionCounts, right: EvictionCounts) {
        for reason in EvictionReason.allCases { left[reason] += right[reason] }
    }
}
