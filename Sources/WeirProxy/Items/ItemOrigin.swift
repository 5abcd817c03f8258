/// Where an item's answer came from.
package enum ItemOrigin: String, Sendable, CaseIterable {
    /// The store, another sidecar's among them, or standing in for a failure.
    case found
    /// An upstream call of this request's.
    case fetched
    /// An upstream call of another request's.
    case collapsed

    /// Its place among the cases.
    var index: Int {
        switch self {
        case .found: 0
        case .fetched: 1
        case .collapsed: 2
        }
    }
}
