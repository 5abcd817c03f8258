import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Replay pace")
struct ReplayPaceTests {
    private static let begin = NIODeadline.uptimeNanoseconds(5_000_000_000)

    private static func after(_ milliseconds: Int) -> NIODeadline { begin + .milliseconds(Int64(milliseconds)) }

    private func recorded(_ frames: [(String, gap: Int)]) -> ReplayPace? {
        var tracker = StreamTracker()
        var time = Self.begin
        for (frame, gap) in frames {
            time = time + .milliseconds(Int64(gap))
            tracker.add(length: frame.utf8.count, cut: nil, at: time)
        }
        guard let track = tracker.track else { return nil }
        return ReplayPace(buffer(frames.map(\.0).joined()), recorded: track, begin: Self.begin)
    }

    @Test("frames are given out when they are due, not before, those of one moment together")
    func recorded() throws {
        var pace = try #require(recorded([("a\n\n", 0), ("b\n\n", 100), ("c\n\n", 0), ("d\n\n", 1)]))
        #expect(pace.next(now: Self.begin) == .send(buffer("a\n\n")))
        #expect(pace.next(now: Self.begin) == .wait(until: Self.after(100)))
        #expect(pace.next(now: Self.after(99)) == .wait(until: Self.after(100)))
        #expect(pace.next(now: Self.after(100)) == .send(buffer("b\n\nc\n\n")))
        #expect(pace.next(now: Self.after(100)) == .wait(until: Self.after(101)))
        #expect(pace.next(now: Self.after(101)) == .send(buffer("d\n\n")))
        #expect(pace.next(now: Self.after(101)) == .end)
        #expect(pace.next(now: Self.after(900)) == .end)
    }

    @Test("what has become due while nobody took anything comes at once, and the end is not put off")
    func late() throws {
        var pace = try #require(recorded([("a\n\n", 0), ("b\n\n", 10), ("c\n\n", 10), ("d\n\n", 10)]))
        #expect(pace.next(now: Self.after(25)) == .send(buffer("a\n\nb\n\nc\n\n")))
        #expect(pace.next(now: Self.after(25)) == .wait(until: Self.after(30)))
    }

    @Test("in a hurry all that is left is due, in pieces that are not too long")
    func hurry() throws {
        let long = String(repeating: "x", count: ReplayPace.pieceSize)
        var pace = try #require(recorded([("a\n\n", 0), ("b\n\n", 1000), (long, 1000), ("c\n\n", 1000)]))
        #expect(pace.next(now: Self.begin) == .send(buffer("a\n\n")))
        pace.hurry()
        #expect(pace.next(now: Self.begin) == .send(buffer("b\n\n" + long)))
        #expect(pace.next(now: Self.begin) == .send(buffer("c\n\n")))
        #expect(pace.next(now: Self.begin) == .end)
    }

    @Test("what came in one go, or is not known, has no pace")
    func none() {
        #expect(recorded([("a\n\n", 0), ("b\n\n", 0)]) == nil)
        #expect(ReplayPace(buffer("a\n\n"), recorded: StreamTrack(encoded: ByteBuffer()), begin: Self.begin) == nil)
    }

    @Test(
        "events come evenly, so that the tokens come at the rate",
        arguments: [
            (rate: 10, tokens: Int?.none, interval: 100), (10, 0, 100), (10, 4, 100), (10, 8, 200), (1000, 2000, 500),
            (1, 2, 500), (10_000, 40_000, 1000),
        ]
    )
    func even(rate: Int, tokens: Int?, interval: Int) {
        let frames = ["data: a\n\n", "data: b\r\n\r\n", ": c\n\n", "data: [DONE]\n\n"]
        var pace = ReplayPace(buffer(frames.joined()), tokensPerSecond: rate, tokens: tokens, begin: Self.begin)
        for (index, frame) in frames.enumerated() {
            let due = Self.after(index * interval)
            if index > 0 { #expect(pace.next(now: due - .nanoseconds(1)) == .wait(until: due)) }
            #expect(pace.next(now: due) == .send(buffer(frame)))
        }
        #expect(pace.next(now: .distantFuture) == .end)
    }

    @Test("whatever an upstream says of its tokens, and however its stream ends, all of it comes")
    func odd() {
        for tokens in [Int.max, 1 << 40, -1] {
            var pace = ReplayPace(buffer("a\n\nb\n\n: c"), tokensPerSecond: 1, tokens: tokens, begin: Self.begin)
            #expect(pace.next(now: Self.begin) == .send(buffer("a\n\n")))
            pace.hurry()
            #expect(pace.next(now: Self.begin) == .send(buffer("b\n\n: c")))
            #expect(pace.next(now: Self.begin) == .end)
        }
        var empty = ReplayPace(ByteBuffer(), tokensPerSecond: 1, tokens: nil, begin: Self.begin)
        #expect(empty.next(now: Self.begin) == .end)
    }
}
