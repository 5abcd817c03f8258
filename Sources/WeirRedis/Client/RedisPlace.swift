import Logging
import NIOCore

/// A client's part on one event loop, as it is reached from any thread.
struct RedisPlace: Sendable {
    let eventLoop: any EventLoop
    let counts: RedisCounts
    let loop: NIOLoopBoundBox<RedisLoop>

    init(_ eventLoop: any EventLoop, _ settings: RedisSettings, _ nodes: RedisNodes, logger: Logger) {
        let loop = RedisLoop(on: eventLoop, settings, nodes, logger: logger)
        self.eventLoop = eventLoop
        counts = loop.counts
        self.loop = NIOLoopBoundBox.makeBoxSendingValue(loop, eventLoop: eventLoop)
    }

    /// - Parameter home: the event loop of the watch.
    func report(to watch: NIOLoopBoundBox<ClusterWatch>, on home: any EventLoop) {
        eventLoop.execute { [loop] in
            loop.value.topologyMayHaveChanged = { sentOn in
                home.execute {
                    if let sentOn {
                        watch.value.sentOn(to: sentOn.to, forGood: sentOn.forGood)
                    } else {
                        watch.value.due()
                    }
                }
            }
        }
    }
}
