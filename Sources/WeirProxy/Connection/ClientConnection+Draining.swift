import NIOCore
import WeirHTTP

/// What a reload, a shortage and the end mean to a connection.
extension ClientConnection {
    func closeIfIdle(for time: TimeAmount, now: NIODeadline) {
        guard deadline.isIdle(for: time, now: now), exchange == nil, isRequestWhole, inbound.readableBytes == 0 else {
            return
        }
        closeAfterWriting()
    }

    /// Between two requests: the next one's head is bounded as the newest settings have it.
    func adoptLimits() {
        guard exchange == nil, isRequestWhole, inbound.readableBytes == 0 else { return }
        decoder.limits = limits.head
    }

    /// The answer under way closes the connection, or the one to the next request; without one it is closed when it
    /// has been idle for ``ConnectionDeadline/drainIdle``. A tunnel may go on for `drain`.
    func drain(now: NIODeadline) {
        isDraining = true
        deadline.drain(until: now + worker.generation.settings.drain)
        exchange?.drainBegan()
        checkDeadline(now: now)
    }

    /// Draining has lasted too long: a response that has begun is broken off so that nobody can take it for whole, a
    /// request without one is told that Weir is stopping.
    func endNow() {
        guard let exchange, !exchange.hasStartedResponse else { return abort() }
        exchange.drainEnded()
    }
}
