import NIOCore

/// How many streams a connection may make Weir reset: a reset costs a client nothing, and Weir the work that it ends.
/// NIOHTTP2 counts the resets that a client sends, and those that answer its errors; this counts those of streams that it
/// had no leave to begin, and of requests that are refused before their body. Another response that is over before its
/// request is no offence.
struct ResetBudget {
    static let count = 200
    static let window = TimeAmount.seconds(30)

    private var since = NIODeadline.uptimeNanoseconds(0)
    private var used = 0

    /// - Returns: false once there were more than ``count`` in a ``window``.
    mutating func spend(now: NIODeadline) -> Bool {
        if now - since > Self.window {
            since = now
            used = 0
        }
        used += 1
        return used <= Self.count
    }
}
