package import NIOCore
package import WeirCache
import WeirRedis

/// Where a fetch stands among purges and among the other fetches of its key. Taken when its upstream is asked, it says
/// whether its answer may be written. Stays on the event loop of its fetch.
package struct FetchPlace {
    /// Up to which purge all were heard of; nil where they were not.
    package var position: PurgePosition?
    let token: FenceToken
}

extension Tier {
    /// - Parameter fill: the lock, where this sidecar has it.
    package func place(of key: CacheKey, fill: Fill?, on eventLoop: any EventLoop) -> FetchPlace {
        let position = position
        if let fill { return FetchPlace(position: position, token: FenceToken(fill.token)) }
        guard position != nil, client.isAvailable else { return FetchPlace(position: nil, token: FenceToken(nil)) }
        let token = FenceToken()
        let fence = keys.fence(key)
        let draw = [
            RedisCommand("HINCRBY", [fence, ByteBuffer(string: "token"), ByteBuffer(string: "1")]),
            RedisCommand("PEXPIRE", [fence, ByteBuffer(string: Self.fenceLife.milliseconds)]),
        ]
        send(draw, until: .now() + settings.patience, on: eventLoop) { token.draw((try? $0.get())?[0].number) }
        return FetchPlace(position: position, token: token)
    }
}
