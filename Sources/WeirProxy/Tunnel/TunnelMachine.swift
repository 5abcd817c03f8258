import WeirUpstream

/// When the two connections of a tunnel end.
///
///     both open ─ one side ends ─▶ half open ─ the other ends ─▶ over
///         └──────── a reset ──────────┴────────────────────────▶ over
///
/// An end in good order is passed on behind everything that came before it; a reset at once. It knows no channel.
struct TunnelMachine {
    enum Side: Equatable { case client, upstream }

    enum Action: Equatable {
        case none
        /// To this side nothing more is sent.
        case closeOutput(Side)
        /// This side gets what was written, then its connection closes.
        case finish(Side)
        case finishBoth
        /// As ``finish(_:)``, but without TLS's word for a good end.
        case cut(Side)
        case reset(Side)
        case resetBoth
    }

    private var hasClientEnded = false
    private var hasUpstreamEnded = false
    private var isOver = false

    /// The peer on this side sends no more.
    mutating func ended(_ side: Side) -> Action {
        guard !isOver, !hasEnded(side) else { return .none }
        setEnded(side)
        guard hasEnded(other(side)) else { return .closeOutput(other(side)) }
        isOver = true
        return .finishBoth
    }

    /// The connection on this side is gone.
    mutating func lost(_ side: Side, _ loss: TunnelLoss) -> Action {
        guard !isOver else { return .none }
        isOver = true
        return switch loss {
        case .closed: .finish(other(side))
        case .cut: .cut(other(side))
        case .reset: .reset(other(side))
        }
    }

    /// Its time is over.
    mutating func expired() -> Action {
        isOver = true
        return .resetBoth
    }

    private func hasEnded(_ side: Side) -> Bool { side == .client ? hasClientEnded : hasUpstreamEnded }

    private mutating func setEnded(_ side: Side) {
        switch side {
        case .client: hasClientEnded = true
        case .upstream: hasUpstreamEnded = true
        }
    }

    private func other(_ side: Side) -> Side { side == .client ? .upstream : .client }
}
