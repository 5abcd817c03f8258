import NIOCore
import NIOHTTP2
import WeirHTTP

/// What can be spoken on a client's connection, once it is clear what is.
enum ClientProtocols {
    /// For ALPN, the most wanted first.
    static func names(http2: Bool) -> [String] { http2 ? ["h2", "http/1.1"] : ["http/1.1"] }

    /// Puts the protocol's handlers behind the one that has found it out, which then is to take itself away.
    static func serve(
        http2: Bool,
        behind finder: any RemovableChannelHandler & ChannelInboundHandler,
        _ context: ChannelHandlerContext,
        worker: Worker,
        listener: ListenerState,
        isSecure: Bool
    ) throws {
        let pipeline = context.pipeline.syncOperations
        if http2 {
            let connection = HTTP2Connection(worker: worker, listener: listener, isSecure: isSecure)
            let watch = HTTP2Watch(connection: connection)
            // Last first: the connection is told of what the one before it has to say from the beginning.
            try pipeline.addHandler(connection, position: .after(finder))
            try pipeline.addHandler(watch, position: .after(finder))
            try pipeline.addHandler(frames(of: connection), position: .after(watch))
            connection.announce([
                HTTP2Setting(parameter: .maxConcurrentStreams, value: connection.limits.streams),
                headerListSize(connection.limits),
            ])
            // It was in the queue when its listener closed.
            if listener.isClosed { connection.drain(now: worker.recently) }
        } else {
            // Of a client's good-bye NIOSSL tells then, and takes no part in it.
            try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            let connection = ClientConnection(worker: worker, listener: listener, isSecure: isSecure)
            try pipeline.addHandler(connection, position: .after(finder))
            context.fireChannelActive()
        }
    }

    /// Of those that a client may be held to, which is also what Weir takes (RFC 9113 §4.2).
    private static let smallestMaxFrameSize = 16 << 10

    /// The largest header list that a connection survives: twice what is answered otherwise than by a 414 or 431. A field
    /// counts 32 bytes more than it has here (RFC 9113 §10.5.1).
    private static func headerListSize(_ limits: ConnectionLimits) -> HTTP2Setting {
        HTTP2Setting(parameter: .maxHeaderListSize, value: 2 * (limits.head.head + 32 * limits.head.fields))
    }

    /// What NIOHTTP2 is told to allow. Its own limits on floods (resets by either side, SETTINGS, PING and PRIORITY: 200
    /// in 30 s; one empty DATA frame) stand, and that on CONTINUATIONs: five, or as many as the largest header list needs.
    private static func frames(of connection: HTTP2Connection) -> NIOHTTP2Handler {
        var settings = NIOHTTP2Handler.ConnectionConfiguration()
        let list = headerListSize(connection.limits)
        settings.initialSettings = [list]
        settings.maximumSequentialContinuationFrames = max(
            settings.maximumSequentialContinuationFrames,
            list.value / smallestMaxFrameSize
        )
        // A client may send for a while to streams that it does not know to be reset: as many as it may have.
        settings.maximumRecentlyResetStreams = min(connection.limits.streams, ResetBudget.count)
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.outboundBufferSizeHighWatermark = 64 << 10
        stream.outboundBufferSizeLowWatermark = 32 << 10
        return NIOHTTP2Handler(
            mode: .server,
            eventLoop: connection.worker.eventLoop,
            connectionConfiguration: settings,
            streamConfiguration: stream
        ) { [connection = NIOLoopBound(connection, eventLoop: connection.worker.eventLoop)] channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(HTTP2Stream(connection: connection.value))
            }
        }
    }
}
