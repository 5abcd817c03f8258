import NIOCore

/// Gives NIOSSL what is flushed in portions.
///
/// NIOSSL encrypts all that is flushed at once into one buffer, and keeps that, as large as it ever was, for as long as
/// the connection lives: an idle one that once had a large response would hold hundreds of KiB.
final class TLSPortions: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private typealias Write = (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)

    /// Bytes for which NIOSSL has room from the beginning, and the most that TLS adds to a write.
    static let size = 16 << 10
    static let overhead = 32
    /// Writes for which there is room between two flushes.
    private static let usualCount = 8

    private var waiting: [Write] = []
    /// Bytes that have been written and not been given to NIOSSL.
    private(set) var waitingBytes = 0
    private var isFlushing = false
    private var isFlushDue = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        waitingBytes += bytes.readableBytes
        waiting.append((bytes, promise))
    }

    /// What is written from within goes out behind.
    func flush(context: ChannelHandlerContext) {
        isFlushDue = true
        guard !isFlushing else { return }
        isFlushing = true
        while isFlushDue {
            isFlushDue = false
            var writes = exchange(&waiting, with: [])
            write(writes, context)
            if waiting.isEmpty, writes.count <= Self.usualCount {
                writes.removeAll(keepingCapacity: true)
                waiting = writes
            }
        }
        isFlushing = false
    }

    private func write(_ writes: [Write], _ context: ChannelHandlerContext) {
        let size = Self.size - Self.overhead
        var room = size
        for (var bytes, promise) in writes {
            while bytes.readableBytes > room {
                if let portion = bytes.readSlice(length: max(0, room)), portion.readableBytes > 0 {
                    waitingBytes -= portion.readableBytes
                    context.write(wrapOutboundOut(portion), promise: nil)
                }
                context.flush()
                room = size
            }
            room -= bytes.readableBytes + Self.overhead
            waitingBytes -= bytes.readableBytes
            context.write(wrapOutboundOut(bytes), promise: promise)
        }
        context.flush()
    }

    /// What was not flushed comes to nothing, as anywhere.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        drop(.ioOnClosedChannel)
        context.close(mode: mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { drop(.ioOnClosedChannel) }

    private func drop(_ reason: ChannelError) {
        for write in exchange(&waiting, with: []) {
            waitingBytes -= write.bytes.readableBytes
            write.promise?.fail(reason)
        }
    }
}
