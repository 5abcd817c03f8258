import NIOCore
import WeirCache

/// What a client sends ahead of the exchange under way, or of its upstream, counts as memory for requests under way.
extension ClientConnection {
    /// Bytes behind a request that is whole, or of a body that waits here or in its exchange.
    private var untaken: Int {
        guard let exchange else { return 0 }
        let waitsHere = isRequestWhole || !exchange.wantsBody
        return (waitsHere ? inbound.readableBytes : 0) + (exchange.waitingBody ?? 0)
    }

    /// What there is ahead can wait here; nothing is read that would have to wait behind it.
    var isReadAheadTooDear: Bool { inbound.readableBytes > 0 && worker.shared.buffers.isExhausted }

    /// - Returns: whether there is memory for it, or it has not become more.
    @discardableResult
    func countUntaken() -> Bool {
        let before = untakenBytes.count
        return untakenBytes.set(untaken, of: worker.shared.buffers) || untakenBytes.count <= before
    }

    /// A request whose body waits, and for more of which there is no memory, goes: unless an upstream has some of it, or
    /// the client of the answer.
    func refuseUntaken() {
        guard let exchange, let waiting = exchange.waitingBody, waiting > 0 || !isRequestWhole else { return }
        if !exchange.hasStartedResponse || isHeadHeld { exchange.memoryExhausted() }
    }
}
