import NIOCore
import Testing

@testable import WeirUpstream

@Suite struct FailureWindowTests {
    private func at(_ milliseconds: UInt64) -> NIODeadline { .uptimeNanoseconds(milliseconds * 1_000_000) }

    @Test("Buckets fall out one by one")
    func rolls() {
        var window = FailureWindow(length: .seconds(10))
        for second in 0..<10 { window.record(failed: second % 2 == 0, now: at(50_000 + UInt64(second) * 1000)) }
        #expect(window.total(now: at(59_999)) == (10, 5))
        #expect(window.total(now: at(60_000)) == (9, 4))
        #expect(window.total(now: at(64_500)) == (5, 2))
        #expect(window.total(now: at(69_000)) == (0, 0))
    }

    @Test("A bucket used again begins at nothing")
    func reuses() {
        var window = FailureWindow(length: .seconds(10))
        window.record(failed: true, now: at(1_000))
        window.record(failed: false, now: at(11_000))
        #expect(window.total(now: at(11_000)) == (1, 0))
    }

    @Test("A window shorter than ten nanoseconds still works")
    func tiny() {
        var window = FailureWindow(length: .nanoseconds(1))
        window.record(failed: true, now: at(1))
        #expect(window.total(now: at(1)) == (1, 1))
        #expect(window.total(now: at(2)) == (0, 0))
    }
}
