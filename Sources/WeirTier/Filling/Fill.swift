import NIOCore
import WeirCache
import WeirRedis

/// The lock under which this sidecar alone fetches an answer, kept until the answer is written or the fetch is over.
///
/// Lives on the event loop of its fetch. Where it is let go of without a word the lock ends by itself.
package final class Fill {
    let key: CacheKey
    let token: UInt64
    private let tier: Tier
    private let eventLoop: any EventLoop
    private var renewal: RepeatedTask?

    init(key: CacheKey, token: UInt64, tier: Tier, eventLoop: any EventLoop) {
        self.key = key
        self.token = token
        self.tier = tier
        self.eventLoop = eventLoop
        keep()
    }

    /// A lock lives three times as long as it takes to renew it: two may be lost.
    private func keep() {
        let interval = TimeAmount.nanoseconds(tier.settings.lock.nanoseconds / 3)
        let (tier, key, token) = (tier, key, token)
        renewal = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [eventLoop] task in
            tier.renew(key, token: token, on: eventLoop) { isHeld in
                if !isHeld { task.cancel() }
            }
        }
    }

    /// There is no answer that others could share.
    package func giveUp() {
        guard end() else { return }
        tier.release(key, token: token, on: eventLoop)
    }

    /// The answer is being written, which ends the lock.
    func handOver() -> UInt64? { end() ? token : nil }

    private func end() -> Bool {
        guard let renewal else { return false }
        renewal.cancel()
        self.renewal = nil
        return true
    }

    deinit { renewal?.cancel() }
}

@available(*, unavailable)
extension Fill: Sendable {}
