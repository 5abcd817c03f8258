package import NIOCore

/// Gives out a stored stream frame by frame, each when it is due.
///
///     frames ──▶ due by now? ──▶ send ──▶ …  ──▶ end
///                     └──▶ wait until the next is
///
/// The times count from the beginning, not from the frame before: where nobody took anything for a while, all that has
/// become due meanwhile is given out at once, and the end comes when it would have come. Has neither clock nor timer: who
/// drives it brings the time, and comes again.
package struct ReplayPace: Sendable {
    package enum Step: Equatable {
        case send(ByteBuffer)
        case wait(until: NIODeadline)
        case end
    }

    private struct Frame {
        /// Bytes.
        var length: Int
        /// Since the beginning.
        var due: TimeAmount
    }

    /// Bytes of what is given out at once, but for a longer frame.
    static let pieceSize = 128 << 10

    private let begin: NIODeadline
    private let frames: [Frame]
    private var next = 0
    private var rest: ByteBuffer
    private var isHurried = false

    private init(_ stream: ByteBuffer, _ frames: [Frame], begin: NIODeadline) {
        rest = stream
        self.frames = frames
        self.begin = begin
    }

    /// With the gaps that there were when it was recorded.
    /// - Returns: nil where nothing is known of them, or there were none.
    package init?(_ stream: ByteBuffer, recorded track: StreamTrack, begin: NIODeadline) {
        guard let recorded = track.frames(length: stream.readableBytes), recorded.contains(where: { $0.gap > 0 })
        else { return nil }
        var due = TimeAmount.zero
        let frames = recorded.map { frame in
            due = due + .milliseconds(Int64(frame.gap))
            return Frame(length: frame.length, due: due)
        }
        self.init(stream, frames, begin: begin)
    }

    /// Evenly.
    /// - Parameters:
    ///   - rate: tokens a second.
    ///   - tokens: how many it took; where nobody knows, or it is none, a frame counts as one.
    package init(_ stream: ByteBuffer, tokensPerSecond rate: Int, tokens: Int?, begin: NIODeadline) {
        let lengths = Self.lengths(stream)
        let known = tokens.flatMap { $0 > 0 ? Double($0) / Double(max(1, lengths.count)) : nil }
        let interval = (known ?? 1) / Double(rate) * 1_000_000_000
        let frames = lengths.enumerated().map { index, length in
            Frame(length: length, due: .nanoseconds(Int64(min(Double(index) * interval, Self.longest))))
        }
        self.init(stream, frames, begin: begin)
    }

    /// Nanoseconds; whatever usage says, sums with the time fit.
    private static let longest: Double = 1e17

    private static func lengths(_ stream: ByteBuffer) -> [Int] {
        var splitter = FrameSplitter(limitBytes: .max)
        _ = splitter.append(stream)
        var lengths: [Int] = []
        while let frame = splitter.next() { lengths.append(frame.readableBytes) }
        let left = splitter.pending.readableBytes
        return left > 0 ? lengths + [left] : lengths
    }

    /// What is left is due now.
    package mutating func hurry() { isHurried = true }

    package mutating func next(now: NIODeadline) -> Step {
        guard next < frames.count else { return .end }
        var length = 0
        while next < frames.count, length < Self.pieceSize, isHurried || begin + frames[next].due <= now {
            length += frames[next].length
            next += 1
        }
        guard length > 0, let piece = rest.readSlice(length: length) else {
            return .wait(until: begin + frames[next].due)
        }
        return .send(piece)
    }
}
