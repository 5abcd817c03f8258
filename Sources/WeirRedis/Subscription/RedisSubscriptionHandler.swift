package import NIOCore

/// Hears what is published; on the subscription's event loop.
package protocol RedisSubscriptionHandler: AnyObject, Sendable {
    /// From now on nothing is missed: every channel is subscribed to. Once for each connection.
    func subscribed()
    func received(channel: String, message: ByteBuffer)
    /// From now on something may be missed, until ``subscribed()`` comes again. Once for each `subscribed()`.
    func lost()
}
