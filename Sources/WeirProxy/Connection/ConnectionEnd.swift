import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The three ways in which a client's connection ends.
enum ConnectionEnd {
    /// Everything is written and nothing unread: close once the last byte is out.
    case clean
    /// Input is left unread. Closing a socket then resets it, and a reset can overtake the response (RFC 9112 §9.6):
    /// only the sending side is closed, and what still comes is dropped until the client closes too.
    case lingering
    /// A close-delimited body cannot be seen to be cut short unless the connection is reset.
    case reset

    func carryOut(_ context: ChannelHandlerContext) {
        switch self {
        case .clean:
            let channel = context.channel
            let written = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        case .lingering:
            context.flush()
            context.close(mode: .output, promise: nil)
        case .reset:
            let channel = context.channel
            guard let options = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
