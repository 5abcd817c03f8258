import NIOCore
import WeirCache
import WeirTier

/// How the second tier is asked for what a request wants.
struct ConsultationTerms {
    /// What is done where another sidecar fetches it, or would.
    var locking: Consultation.Locking
    /// Whether a stored answer can be used as it is.
    var isUsable: (StoredResponse) -> Bool
}
