import NIOCore
import Testing

@testable import WeirProxy

@Suite struct WholeDeadlineTests {
    @Test("what has begun has its time, more of the same does not extend it, the next thing has its own")
    func deadline() {
        let begin = NIODeadline.now()
        var deadline = WholeDeadline()
        #expect(!deadline.isOver(now: begin + .hours(1)))
        deadline.isAmid(1, time: .seconds(10), now: begin)
        deadline.isAmid(1, time: .seconds(10), now: begin + .seconds(9))
        #expect(!deadline.isOver(now: begin + .seconds(9)))
        #expect(deadline.isOver(now: begin + .seconds(10)))
        deadline.isAmid(2, time: .seconds(10), now: begin + .seconds(9))
        #expect(!deadline.isOver(now: begin + .seconds(18)))
        deadline.isAmid(nil, time: .seconds(10), now: begin + .seconds(18))
        #expect(!deadline.isOver(now: begin + .hours(1)))
    }
}
