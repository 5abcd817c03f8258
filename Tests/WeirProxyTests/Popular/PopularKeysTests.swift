import NIOCore
import Testing
import WeirCache
import WeirLedger

@testable import WeirProxy

@Suite("Counting popular keys")
struct PopularKeysTests {
    private func key(_ number: Int) -> CacheKey { CacheKey(UInt64(number), 0, 0, 0) }

    private func request(_ text: String) -> PopularRequest {
        PopularRequest(method: "POST", path: "/", isSecure: false, fields: [], body: ByteBuffer(string: text))
    }

    @discardableResult
    private func count(_ number: Int, in keys: inout PopularKeys, saved: Money? = nil) -> Bool {
        keys.count(key(number), saved: saved) { ("route", "/\(number)") }
    }

    @Test("while there is room, hits and savings are exact")
    func exact() {
        var keys = PopularKeys(PopularSettings(keys: 3), share: 1)
        for number in [1, 2, 1, 3, 1, 2] { count(number, in: &keys, saved: Money(picodollars: 5)) }
        #expect(keys.keys.map(\.path) == ["/1", "/2", "/3"])
        #expect(keys.keys.map(\.hits) == [3, 2, 1])
        #expect(keys.keys.map(\.saved.picodollars) == [15, 10, 5])
        #expect(keys.keys.allSatisfy { $0.uncertain == 0 && $0.route == "route" })
    }

    @Test("a new key takes the place of one with the fewest hits, and says how many may not be its own")
    func replaced() {
        var keys = PopularKeys(PopularSettings(keys: 2), share: 1)
        for number in [1, 1, 1, 2, 2, 3] { count(number, in: &keys, saved: Money(picodollars: 1)) }
        #expect(keys.keys.map(\.path) == ["/1", "/3"])
        #expect(keys.keys.map(\.hits) == [3, 3] && keys.keys.map(\.uncertain) == [0, 2])
        #expect(keys.keys.map(\.saved.picodollars) == [3, 1])
    }

    @Test(
        "what is hit more than all hits over the places is there, and no count is off by more than it says",
        arguments: [8, 50]
    )
    func guarantee(places: Int) {
        var keys = PopularKeys(PopularSettings(keys: places), share: 1)
        var truth: [CacheKey: UInt64] = [:]
        var state: UInt64 = 7
        let total = 20_000
        for _ in 0..<total {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Small numbers often: the more leading zeros, the rarer.
            let number = (state >> 60).leadingZeroBitCount - 60 < 2 ? Int(state >> 40 % 3_000) : Int(state >> 33 % 10)
            count(number, in: &keys)
            truth[key(number), default: 0] += 1
        }
        #expect(keys.keys.count == places && Set(keys.keys.map(\.key)).count == places)
        #expect(keys.keys.reduce(0) { $0 + $1.hits } == UInt64(total))
        for counted in keys.keys {
            let real = truth[counted.key] ?? 0
            #expect(counted.hits >= real && counted.hits - counted.uncertain <= real)
        }
        let there = Set(keys.keys.map(\.key))
        for (key, hits) in truth where hits > UInt64(total / places) { #expect(there.contains(key)) }
    }

    @Test("a request is asked for at the second hit, once, and only where it is to be kept")
    func asked() {
        var none = PopularKeys(PopularSettings(keys: 2), share: 1)
        #expect([1, 1, 1].map { count($0, in: &none) } == [false, false, false])
        var keys = PopularKeys(PopularSettings(keys: 2, keepsRequests: true), share: 1)
        #expect([1, 1, 1].map { count($0, in: &keys) } == [false, true, true])
        keys.keep(request("a"), of: key(1))
        #expect(!count(1, in: &keys) && keys.keys[0].request == request("a"))
        #expect([2, 2].map { count($0, in: &keys) } == [false, true])
        keys.keep(nil, of: key(2))
        #expect(!count(2, in: &keys) && keys.keys[1].request == nil)
    }

    @Test("requests take no more than their memory, and give it back with their place")
    func bounded() {
        let size = request("aaaa").size
        var keys = PopularKeys(PopularSettings(keys: 2, keepsRequests: true, memory: 4 * size - 2), share: 2)
        for number in [1, 1, 2] { count(number, in: &keys) }
        keys.keep(request("aaaa"), of: key(1))
        #expect(keys.bytes == size)
        keys.keep(request("bbbb"), of: key(2))
        #expect(keys.bytes == size && keys.keys[1].request == nil && keys.keys[1].isRequestSettled)
        for number in [2, 2, 3] { count(number, in: &keys) }
        #expect(keys.keys.map(\.path) == ["/3", "/2"] && keys.bytes == 0)
        keys.keep(request("late"), of: key(1))
        #expect(keys.bytes == 0)
    }
}
