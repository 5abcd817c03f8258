import NIOCore
import NIOHTTP2

/// Stands before NIOHTTP2 and sees the bytes of the frames.
///
///     socket ─▶ HTTP2Watch ─▶ NIOHTTP2Handler ─▶ HTTP2Connection
///
/// - NIOHTTP2 holds to its limits as they were until the client acknowledges others, and the first requests come before
///   that. For a limit that is looser than what a client has to expect nobody's consent is needed. So the SETTINGS that
///   NIOHTTP2 writes first, which raise that limit alone, do not go out: they are acknowledged here, right behind the
///   client's own. What the client gets, and acknowledges, are the second.
/// - ``HTTP2Connection`` is told of what NIOHTTP2 keeps to itself: what has begun and is not whole, and what has come of
///   bodies.
/// - A GOAWAY that tells of an error says which streams may have been acted on (RFC 9113 §6.8). NIOHTTP2 says none, or any;
///   here the right one is put in.
final class HTTP2Watch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// SETTINGS without parameters, acknowledging (RFC 9113 §6.5).
    private static let acknowledgement = ByteBuffer(bytes: [0, 0, 0, 4, 1, 0, 0, 0, 0])
    /// RFC 9113 §3.4.
    private static let prefaceLength = 24

    private let connection: HTTP2Connection
    private var isFirstWritten = false
    private var isFirstAcknowledged = false
    private var inbound = FrameScanner(prefaceLength: prefaceLength)
    private var outbound = FrameScanner()
    private var arrived: [HTTP2Connection.Arrival] = []

    init(connection: HTTP2Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        var rest = bytes
        while let piece = inbound.next(&rest) {
            switch piece {
            case .settings(isAcknowledgement: false) where !isFirstAcknowledged:
                isFirstAcknowledged = true
                let count = rest.readerIndex - bytes.readerIndex
                if let front = bytes.readSlice(length: count) { context.fireChannelRead(wrapInboundOut(front)) }
                context.fireChannelRead(wrapInboundOut(Self.acknowledgement))
            case .data(let stream, let count, let isFirst):
                if count > 0 || isFirst { note(stream: stream, bytes: count) }
            case .settings, .other:
                break
            }
        }
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
    }

    private func note(stream: UInt32, bytes: Int) {
        if let last = arrived.indices.last, arrived[last].stream == stream {
            arrived[last].bytes += bytes
            arrived[last].pieces += 1
        } else {
            arrived.append(.init(stream: stream, bytes: bytes, pieces: 1))
        }
    }

    /// Streams are given what has come for them behind this.
    func channelReadComplete(context: ChannelHandlerContext) {
        connection.beginBurst(exchange(&arrived, with: []))
        context.fireChannelReadComplete()
        connection.endBurst(amid: inbound.isAmid ? inbound.begun : nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isFirstWritten else {
            isFirstWritten = true
            promise?.succeed()
            return
        }
        var bytes = unwrapOutboundIn(data)
        if outbound.isBetweenFrames { correctGoAway(&bytes) }
        var rest = bytes
        while outbound.next(&rest) != nil {}
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    /// NIOHTTP2 writes each frame's head at the beginning of a buffer.
    private func correctGoAway(_ bytes: inout ByteBuffer) {
        let start = bytes.readerIndex
        guard bytes.getInteger(at: start + 3) == FrameScanner.Kind.goAway.rawValue,
            let code = bytes.getInteger(at: start + 13, as: UInt32.self), code != 0
        else { return }
        bytes.setInteger(UInt32(Int(connection.lastStream)), at: start + 9)
    }
}
