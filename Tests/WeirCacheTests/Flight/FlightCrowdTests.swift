import NIOCore
import NIOPosix
import Synchronization
import Testing
import WeirHTTP

@testable import WeirCache

/// Ten thousand who ask for the same at the same time.
@Suite("A crowd on one flight")
struct FlightCrowdTests {
    private static let count = 10_000
    private static let piece = 16 << 10
    private static let pieceCount = 16

    /// Compares what comes with what should, and keeps none of it.
    private final class Checker: Sendable {
        struct State {
            var reader: FlightReader?
            var pieces = 0
            var isIntact = true
            var isWhole = false
        }

        let state = Mutex(State())
        let expected: [ByteBuffer]
        let isDone: @Sendable () -> Void

        init(expected: [ByteBuffer], isDone: @escaping @Sendable () -> Void) {
            self.expected = expected
            self.isDone = isDone
        }

        var isSatisfied: Bool { state.withLock { $0.isIntact && $0.isWhole && $0.pieces == expected.count } }

        /// On its event loop.
        func drain() {
            guard let reader = state.withLock({ $0.reader }) else { return }
            while let event = reader.next() {
                state.withLock { state in
                    switch event {
                    case .head: break
                    case .chunk(let chunk):
                        if state.pieces >= expected.count || chunk != expected[state.pieces] { state.isIntact = false }
                        state.pieces += 1
                    case .end: state.isWhole = true
                    case .answer, .released, .failed: state.isIntact = false
                    }
                }
                if event.isLast { isDone() }
            }
        }
    }

    @Test("everybody gets every byte of one call; what is held is the answer, once, however many read it")
    func crowd() async throws {
        let loops = MultiThreadedEventLoopGroup.singleton
        let table = FlightTable(settings: FlightSettings(pace: 1 << 30), store: MemoryStore(settings: CacheSettings()))
        let key = FlightKey(WeirCacheTests.key(1))
        let pieces = (0..<Self.pieceCount).map { number in
            ByteBuffer(bytes: (0..<Self.piece).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 7 &+ $0 >> 8) })
        }
        let left = Atomic(Self.count)
        let done = loops.any().makePromise(of: Void.self)
        var checkers: [Checker] = []
        var leading: Flight?
        for _ in 0..<Self.count {
            let loop = loops.next()
            let checker = Checker(expected: pieces) {
                if left.subtract(1, ordering: .relaxed).newValue == 0 { done.succeed() }
            }
            switch table.join(key, on: loop, wake: { checker.drain() }) {
            case .lead(let flight, let reader):
                leading = flight
                checker.state.withLock { $0.reader = reader }
            case .follow(let reader): checker.state.withLock { $0.reader = reader }
            case .full: Issue.record("The flight is full")
            }
            // Arms it: from now on it is woken.
            loop.execute { checker.drain() }
            checkers.append(checker)
        }
        guard case .full = table.join(key, on: loops.any(), wake: {}) else {
            return #expect(Bool(false), "One more than may be must be told so")
        }
        let flight = try #require(leading)
        let most = Mutex(0)
        let fetcher = loops.next()
        try await fetcher.submit {
            flight.publish(head: ResponseHead(status: 200), isShared: true)
            for piece in pieces {
                flight.append(piece)
                most.withLock { $0 = max($0, flight.heldBytes) }
            }
            flight.finish(trailers: FieldSection())
        }.get()
        try await done.futureResult.get()
        #expect(checkers.allSatisfy { $0.isSatisfied })
        // The pieces' own bytes and what each costs besides.
        #expect(most.withLock { $0 } <= Self.pieceCount * (Self.piece + 256))
        #expect(table.counts() == FlightCounts(flights: 0, leaders: 1, followers: UInt64(Self.count - 1), full: 1))
    }
}
