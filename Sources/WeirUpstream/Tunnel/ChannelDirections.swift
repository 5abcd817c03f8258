package import NIOCore
import NIOSSL

/// The two directions of one channel, which may end one after the other.
///
///     input   open ──▶ closed                     the peer sends no more
///     output  open ──▶ closing ──▶ closed         what was written goes out first
///
/// A channel whose output closes while its input is closed already would drop what waits to be written; and one whose
/// input closes while its output is closing would stay open for ever. This says what to do instead.
package struct ChannelDirections: Sendable {
    package enum Action: Sendable, Equatable {
        case none
        /// What was written goes out, then the sending side closes.
        case closeOutput
        /// What was written goes out, then the channel closes.
        case flushAndClose
        case close
    }

    private enum Output: Sendable { case open, closing, closed }

    package private(set) var isInputClosed = false
    private var output = Output.open
    private var isFinishing = false
    package var isOutputClosed: Bool { output == .closed }

    package init() {}

    /// We send no more.
    package mutating func closeOutput() -> Action {
        guard output == .open, !isFinishing else { return .none }
        if isInputClosed { return finish() }
        output = .closing
        return .closeOutput
    }

    /// Nothing is left to be done but to send what was written.
    package mutating func finish() -> Action {
        guard !isFinishing else { return .none }
        isFinishing = true
        return switch output {
        case .open: .flushAndClose
        case .closing: .none
        case .closed: .close
        }
    }

    /// The channel tells of one of its sides.
    package mutating func heard(_ event: ChannelEvent) -> Action {
        switch event {
        case .inputClosed:
            isInputClosed = true
            return .none
        case .outputClosed:
            output = .closed
            return isFinishing || isInputClosed ? .close : .none
        }
    }

    /// What an error means that the channel ends with.
    func loss(with error: any Error) -> TunnelLoss {
        guard case NIOSSLError.uncleanShutdown = error else { return .reset }
        // Also said of a socket that closes behind the peer's good-bye.
        return isInputClosed ? .closed : .cut
    }
}

extension ChannelDirections.Action {
    /// Outside the state that said so: the channel may tell of its sides from within.
    package func carryOut(_ context: ChannelHandlerContext) {
        switch self {
        case .none: break
        case .closeOutput:
            context.flush()
            context.close(mode: .output, promise: nil)
        case .flushAndClose:
            let channel = context.channel
            let written = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        case .close:
            context.close(promise: nil)
        }
    }
}
