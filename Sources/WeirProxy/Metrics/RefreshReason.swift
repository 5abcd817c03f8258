/// Why a stored answer is asked for again behind a hit.
package enum RefreshReason: String, Sendable, CaseIterable {
    /// It was fresh, but is not for much longer (`refresh_ahead`).
    case ahead
    /// It was stale (RFC 5861 §3).
    case staleWhileRevalidate = "stale_while_revalidate"

    /// Its place among the cases.
    var index: Int {
        switch self {
        case .ahead: 0
        case .staleWhileRevalidate: 1
        }
    }
}
