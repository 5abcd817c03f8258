/// What became of a call that its upstream would have refused for its limits: the value of the label `outcome` of
/// `weir_upstream_paced_total`.
package enum PaceOutcome: Int, Sendable, CaseIterable {
    /// It has waited, and was sent.
    case sent
    /// It could not be sent in time.
    case refused
    /// Its client left while it waited.
    case cancelled

    /// As metrics and the stats endpoint name it.
    package var name: String {
        switch self {
        case .sent: "sent"
        case .refused: "refused"
        case .cancelled: "cancelled"
        }
    }
}
