import NIOCore
import NIOEmbedded
import Testing

@testable import WeirProxy

@Suite struct TLSPortionsTests {
    /// Remembers what is flushed together.
    private final class Flushes: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var written: [Int] = []
        var flushed: [[Int]] = []
        var bytes: [UInt8] = []
        /// Called within a flush.
        var within: (() -> Void)?

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let buffer = unwrapOutboundIn(data)
            written.append(buffer.readableBytes)
            bytes += buffer.readableBytesView
            promise?.succeed()
        }

        func flush(context: ChannelHandlerContext) {
            flushed.append(written)
            written = []
            if let within {
                self.within = nil
                within()
            }
        }
    }

    private let flushes = Flushes()
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandlers([flushes, TLSPortions()])
    }

    private func write(_ count: Int, _ byte: UInt8 = 0) -> EventLoopFuture<Void> {
        channel.write(ByteBuffer(repeating: byte, count: count))
    }

    @Test(
        "no flush is larger than what NIOSSL has room for, whatever is written",
        arguments: [
            [10], [16_000], [16_352], [16_353], [100_000], [9, 16_384, 9, 16_384], [5_000, 5_000, 5_000, 5_000],
            Array(repeating: 1, count: 1_000), [0], [16_352, 0, 1],
        ]
    )
    func portions(counts: [Int]) throws {
        var isWritten = 0
        for (index, count) in counts.enumerated() {
            write(count, UInt8(truncatingIfNeeded: index)).assumeIsolated().whenSuccess { isWritten += 1 }
        }
        #expect(flushes.bytes.isEmpty && flushes.flushed.isEmpty)
        channel.flush()
        let expected = counts.enumerated().flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $1) }
        #expect(flushes.bytes == expected)
        #expect(isWritten == counts.count)
        for flush in flushes.flushed {
            let cost = flush.reduce(0) { $0 + $1 + TLSPortions.overhead }
            #expect(cost <= TLSPortions.size + TLSPortions.overhead)
        }
        let least = expected.count / TLSPortions.size + 1
        #expect(flushes.flushed.count <= 2 * least + counts.count / 400)
    }

    @Test("what is written and flushed within a flush goes out behind it")
    func reentrant() throws {
        flushes.within = {
            _ = self.write(5, 2)
            self.channel.flush()
        }
        _ = write(20_000, 1)
        channel.flush()
        #expect(flushes.bytes == [UInt8](repeating: 1, count: 20_000) + [UInt8](repeating: 2, count: 5))
        #expect(flushes.written.isEmpty)
    }

    @Test("what was never flushed fails with the channel's close")
    func close() throws {
        var error: (any Error)?
        write(5).assumeIsolated().whenFailure { error = $0 }
        channel.close(promise: nil)
        #expect(error as? ChannelError == .ioOnClosedChannel)
        #expect(flushes.bytes.isEmpty)
    }
}
