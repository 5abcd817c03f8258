import NIOCore
import NIOPosix
import WeirUpstream

/// Opens connections to one server: name, TCP, TLS where it is asked for, greeting.
final class RedisDialer: Sendable {
    private let endpoint: RedisEndpoint
    private let settings: RedisSettings
    private let tls: UpstreamTLS?

    init(_ endpoint: RedisEndpoint, _ settings: RedisSettings) {
        self.endpoint = endpoint
        self.settings = settings
        tls = settings.isSecure ? UpstreamTLS(host: endpoint.host, caFile: settings.caFile, protocols: []) : nil
    }

    /// - Parameter eventLoop: the one that this is called on.
    /// - Returns: a channel on that loop, ready for commands, and without a handler for what comes. `connectTimeout` is
    ///   for all of it.
    func dial(on eventLoop: any EventLoop) -> EventLoopFuture<any Channel>.Isolated {
        let deadline = NIODeadline.now() + settings.connectTimeout
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(settings.connectTimeout)
            .connect(host: endpoint.host, port: endpoint.port)
            .assumeIsolated()
            .flatMap { [self] channel in secured(channel, until: deadline) }
            .flatMap { [self] channel in greeted(channel, until: deadline) }
    }

    private func secured(_ channel: any Channel, until deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        guard let tls else { return channel.eventLoop.makeSucceededFuture(channel) }
        return tls.beginHandshake(channel, until: deadline).done.futureResult.map { channel }
    }

    private func greeted(_ channel: any Channel, until deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        let handler = GreetingHandler(Greeting(settings), on: channel.eventLoop)
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            handler.done.fail(RedisError.closed)
            return handler.done.futureResult.map { channel }
        }
        handler.begin(channel, until: deadline)
        return handler.done.futureResult.map { channel }
    }
}
