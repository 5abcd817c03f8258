/// Who goes first among the calls that wait for a connection. The raw value is the place in line, from 0.
package enum CallPriority: Int, Sendable, CaseIterable, Comparable {
    case critical, standard, bulk

    /// As requests, metrics and docs name it.
    package var name: String {
        switch self {
        case .critical: "critical"
        case .standard: "default"
        case .bulk: "bulk"
        }
    }

    /// Whether this goes behind the other.
    package static func < (left: CallPriority, right: CallPriority) -> Bool { left.rawValue > right.rawValue }
}
