package import NIOCore

/// Channels that are listened to, over one connection of its own, on one event loop of the client's group; in a cluster
/// any node does, since they pass messages on to one another.
///
/// It begins at once, goes on by itself when a connection ends, and is to be shut down before it is let go of.
package final class RedisSubscription: Sendable {
    /// Where the handler is called.
    package let eventLoop: any EventLoop
    private let loop: NIOLoopBoundBox<SubscriptionLoop>

    /// - Parameters:
    ///   - channels: that are listened to as long as this lives.
    ///   - handler: kept until ``shutdown()``.
    package init(client: RedisClient, channels: [String], handler: any RedisSubscriptionHandler) {
        let eventLoop = client.group.next()
        let loop = SubscriptionLoop(
            on: eventLoop,
            client.settings,
            client.nodes,
            channels: channels,
            handler: handler
        )
        let box = NIOLoopBoundBox.makeBoxSendingValue(loop, eventLoop: eventLoop)
        self.eventLoop = eventLoop
        self.loop = box
        eventLoop.execute { box.value.start() }
    }

    /// Listens to one more channel, until it has been ended as often as it was begun.
    /// - Parameters:
    ///   - eventLoop: any.
    ///   - confirmed: called once, on `eventLoop`: with true when the server has confirmed it, so that all that is published
    ///     from then on is heard; with false when there is no connection now, or it ends before that. The channel is
    ///     subscribed to with the next connection all the same.
    package func subscribe(
        _ channel: String,
        on eventLoop: any EventLoop,
        _ confirmed: @escaping @Sendable (Bool) -> Void
    ) {
        self.eventLoop.execute { [loop] in
            loop.value.subscribe(channel) { isHeard in eventLoop.execute { confirmed(isHeard) } }
        }
    }

    package func unsubscribe(_ channel: String) {
        eventLoop.execute { [loop] in loop.value.unsubscribe(channel) }
    }

    /// Ends the connection; the handler hears ``RedisSubscriptionHandler/lost()`` if it was subscribed, and nothing more.
    package func shutdown() async { try? await eventLoop.submit { [loop] in loop.value.stop() }.get() }
}
