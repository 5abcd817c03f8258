import NIOCore
import Testing

@testable import WeirCache

@Suite("Keys whose answers could not be shared")
struct UnsharedKeysTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000)

    private func key(_ number: Int) -> FlightKey { FlightKey(WeirCacheTests.key(number)) }

    @Test("each is remembered for its time, and anew when it comes up again")
    func time() {
        var keys = UnsharedKeys()
        keys.remember(key(1), until: start + .seconds(10), now: start, limit: 100)
        #expect(keys.contains(key(1), now: start + .seconds(9)) && !keys.contains(key(2), now: start))
        #expect(!keys.contains(key(1), now: start + .seconds(10)))
        keys.remember(key(1), until: start + .seconds(15), now: start + .seconds(5), limit: 100)
        // What the first time left behind takes nothing of the second away.
        keys.remember(key(2), until: start + .seconds(22), now: start + .seconds(12), limit: 100)
        #expect(keys.contains(key(1), now: start + .seconds(14)) && keys.count == 2)
        keys.remember(key(3), until: start + .seconds(30), now: start + .seconds(25), limit: 100)
        #expect(keys.count == 1)
    }

    @Test("one that is forgotten is not there, nor does its place take another's")
    func forgotten() {
        var keys = UnsharedKeys()
        keys.remember(key(1), until: start + .seconds(10), now: start, limit: 2)
        keys.forget(key(1))
        #expect(!keys.contains(key(1), now: start))
        keys.remember(key(1), until: start + .seconds(11), now: start, limit: 2)
        keys.remember(key(2), until: start + .seconds(11), now: start, limit: 2)
        #expect(keys.contains(key(1), now: start) && keys.contains(key(2), now: start))
    }

    @Test("there are never more than may be: the oldest goes", arguments: [0, 1, 7])
    func bound(limit: Int) {
        var keys = UnsharedKeys()
        for number in 0..<100 {
            keys.remember(key(number), until: start + .seconds(10), now: start, limit: limit)
            #expect(keys.count == min(number + 1, limit))
        }
        for number in 0..<100 { #expect(keys.contains(key(number), now: start) == (number >= 100 - limit)) }
    }

    @Test("with no time nothing is remembered")
    func off() {
        var keys = UnsharedKeys()
        keys.remember(key(1), until: start, now: start, limit: 10)
        #expect(keys.count == 0)
    }
}
