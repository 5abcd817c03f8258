import NIOCore
import WeirUpstream

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The ways in which a client's connection ends.
enum ConnectionEnd {
    /// Everything is written and nothing unread: close once the last byte is out.
    case clean
    /// Input is left unread. Closing a socket then resets it, and a reset can overtake the response (RFC 9112 §9.6):
    /// only the sending side is closed, and what still comes is dropped until the client closes too.
    case lingering
    /// The response's framing shows that it is not whole: close once what there is of it is out. TLS's own word for a
    /// good end is not said (RFC 8446 §6.1).
    case cut
    /// A close-delimited body cannot be seen to be cut short unless the connection is reset.
    case reset

    func carryOut(_ context: ChannelHandlerContext) {
        let channel = context.channel
        switch self {
        case .clean:
            Self.afterWriting(context) {
                // NIOSSL waits for the client's good-bye, and would take it for the end of one direction.
                try? channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
                channel.close(promise: nil)
            }
        case .lingering:
            context.flush()
            context.close(mode: .output, promise: nil)
        case .cut:
            Self.afterWriting(context) { channel.closeTransport() }
        case .reset:
            guard let options = channel as? any SocketOptionProvider else { return channel.closeTransport() }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                channel.closeTransport()
            }
        }
    }

    private static func afterWriting(_ context: ChannelHandlerContext, _ close: @escaping () -> Void) {
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in close() }
    }
}
