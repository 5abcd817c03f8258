import NIOCore
import WeirCache

/// How the second tier is asked for what a request wants.
struct ConsultationTerms {
    /// How long it may wait for another sidecar's fetch; nil: not at all, and nobody waits for its own.
    var waitLimit: TimeAmount?
    /// Whether a stored answer can be used as it is.
    var isUsable: (StoredResponse) -> Bool
}
