import WeirCache
import WeirTier
import WeirUpstream

/// Where a response's body comes from.
enum ResponseSource {
    /// Nowhere yet, or from Weir itself.
    case none
    /// This request's own upstream call.
    case call(any UpstreamCall)
    /// A call shared with others.
    case flight(FlightReader)
    /// Nowhere yet: the second tier is being asked.
    case consultation(Consultation)
    /// Nowhere yet: its items come from the store and from calls, shared ones among them.
    case gathering(Gathering)
    /// The store.
    case stored(StoredBody)
    /// The store, at a pace.
    case paced(PacedReplay)
}
