import NIOCore
import WeirHTTP

/// Asks an HTTP proxy for a way to the upstream (RFC 9110 §9.3.6), before anything else is said on the connection.
final class ProxyConnect: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let done: EventLoopPromise<Void>
    private var decoder = ResponseDecoder()
    private var input = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var isOver = false

    init(on eventLoop: any EventLoop) {
        done = eventLoop.makePromise()
        decoder.begin(answering: .connect)
    }

    /// - Parameter credentials: the value of `Proxy-Authorization`.
    func begin(_ channel: any Channel, to url: UpstreamURL, credentials: String?, until deadline: NIODeadline) {
        let time = deadline - .now()
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.fail(ChannelError.connectTimeout(time), channel)
        }
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let authorization = credentials.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
        let request = "CONNECT \(host):\(url.port) HTTP/1.1\r\nHost: \(host):\(url.port)\r\n\(authorization)\r\n"
        channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
    }

    func fail(_ error: any Error, _ channel: any Channel) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        channel.close(promise: nil)
        done.fail(error)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var bytes = unwrapInboundIn(data)
        input.writeBuffer(&bytes)
        do throws(MessageError) {
            while let part = try decoder.decode(&input) {
                if case .head(let head) = part { return answered(head.status, context) }
            }
        } catch {
            fail(ProxyRefusal(reason: "the proxy does not answer in HTTP"), context.channel)
        }
    }

    private func answered(_ status: UInt16, _ context: ChannelHandlerContext) {
        guard (200..<300).contains(status) else {
            return fail(ProxyRefusal(reason: "the proxy answers with \(status)"), context.channel)
        }
        // Nobody behind the proxy has been said anything to.
        guard input.readableBytes == 0 else {
            return fail(ProxyRefusal(reason: "more than an answer comes from the proxy"), context.channel)
        }
        isOver = true
        timer?.cancel()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        done.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(ProxyRefusal(reason: "the connection to the proxy broke off"), context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ProxyRefusal(reason: "the proxy closes the connection"), context.channel)
        context.fireChannelInactive()
    }
}
