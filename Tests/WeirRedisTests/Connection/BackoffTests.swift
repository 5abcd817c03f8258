import NIOCore
import Testing

@testable import WeirRedis

@Suite("The time between two tries to connect")
struct BackoffTests {
    @Test("doubles from 50 ms up to a second, less up to a half")
    func doubles() {
        var (early, late) = (Backoff(), Backoff())
        let waits: [Int64] = [50, 100, 200, 400, 800, 1000, 1000]
        #expect(waits.map { _ in late.next(jitter: 0) } == waits.map { .milliseconds($0) })
        #expect(waits.map { _ in early.next(jitter: 1) } == waits.map { .microseconds($0 * 500) })
    }

    @Test("begins anew behind a connection that lasted, and only behind that")
    func ended() {
        var backoff = Backoff()
        for _ in 0..<4 { _ = backoff.next(jitter: 0) }
        backoff.ended(after: .milliseconds(999))
        #expect(backoff.next(jitter: 0) == .milliseconds(800))
        backoff.ended(after: .seconds(1))
        #expect(backoff.next(jitter: 0) == .milliseconds(50))
    }
}
