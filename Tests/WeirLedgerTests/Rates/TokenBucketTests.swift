import Testing
import WeirLedger

@Suite struct TokenBucketTests {
    @Test("a minute's worth may come at once, and comes back evenly")
    func fills() {
        var bucket = TokenBucket(perMinute: 60, now: .seconds(100))
        for _ in 0..<60 { #expect(bucket.take(1, now: .seconds(100)) == nil) }
        #expect(bucket.take(1, now: .seconds(100)) == .seconds(1))
        #expect(bucket.take(1, now: .milliseconds(100_400)) == .milliseconds(600))
        #expect(bucket.take(1, now: .milliseconds(101_000)) == nil)
        #expect(bucket.take(1, now: .milliseconds(101_999)) == .milliseconds(1))
        #expect(bucket.level(now: .seconds(111)) == RateLevel(limit: 60, remaining: 10, reset: .seconds(50)))
        #expect(!bucket.isFull(now: .seconds(160)))
        #expect(bucket.isFull(now: .seconds(161)))
        #expect(bucket.level(now: .seconds(999)) == RateLevel(limit: 60, remaining: 60, reset: .zero))
    }

    @Test("nothing is lost to rounding, however often it is looked at", arguments: [1, 7, 59, 61, 999, 60_001])
    func rounding(perMinute: Int) {
        var bucket = TokenBucket(perMinute: perMinute, now: .zero)
        #expect(bucket.take(perMinute, now: .zero) == nil)
        var taken = 0
        for millisecond in 1...180_000 where bucket.take(1, now: .milliseconds(millisecond)) == nil { taken += 1 }
        // At most one a millisecond was asked for.
        #expect(taken == min(3 * perMinute, 180_000))
    }

    @Test("more than a whole bucket passes when it is full, and is paid for before anything else passes")
    func large() {
        var bucket = TokenBucket(perMinute: 60, now: .zero)
        #expect(bucket.take(1, now: .zero) == nil)
        #expect(bucket.take(150, now: .zero) == .seconds(1))
        #expect(bucket.take(150, now: .seconds(1)) == nil)
        #expect(bucket.level(now: .seconds(1)) == RateLevel(limit: 60, remaining: 0, reset: .seconds(150)))
        #expect(bucket.take(0, now: .seconds(1)) == .seconds(90))
        #expect(bucket.take(1, now: .seconds(91)) == .seconds(1))
        #expect(bucket.take(1, now: .seconds(92)) == nil)
    }

    @Test("what was used beyond what was taken is a debt, of an hour at most; what was not is given back")
    func corrected() {
        var bucket = TokenBucket(perMinute: 60, now: .zero)
        bucket.charge(90, now: .zero)
        #expect(bucket.take(1, now: .zero) == .seconds(31))
        bucket.giveBack(40, now: .zero)
        #expect(bucket.level(now: .zero).remaining == 10)
        bucket.giveBack(.max, now: .zero)
        #expect(bucket.level(now: .zero).remaining == 60)
        bucket.charge(.max, now: .zero)
        #expect(bucket.take(1, now: .zero) == .seconds(3_601))
        bucket.charge(-5, now: .seconds(3_601))
        #expect(bucket.take(1, now: .seconds(3_601)) == nil)
    }

    @Test("a clock that goes back gives nothing, and the largest rates and times do not overflow")
    func extremes() {
        var bucket = TokenBucket(perMinute: 1_000_000_000, now: .seconds(10))
        #expect(bucket.take(.max, now: .seconds(10)) == nil)
        #expect(bucket.take(1, now: .seconds(5)) != nil)
        #expect(bucket.take(1, now: .seconds(9_000_000_000_000)) == nil)
        #expect(TokenBucket(perMinute: 0, now: .zero).perMinute == 1)
    }

    @Test("of two limits the one with less left is told")
    func tighter() {
        let low = RateLevel(limit: 100, remaining: 3, reset: .seconds(1))
        let high = RateLevel(limit: 10, remaining: 9, reset: .seconds(9))
        #expect(RateLevel.tighter(low, high) == low)
        #expect(RateLevel.tighter(high, low) == low)
        #expect(RateLevel.tighter(nil, high) == high)
        #expect(RateLevel.tighter(nil, nil) == nil)
        let later = RateLevel(limit: 5, remaining: 3, reset: .seconds(2))
        #expect(RateLevel.tighter(low, later) == later)
        let both = RateLevels.tighter(RateLevels(requests: low), RateLevels(requests: high, tokens: high))
        #expect(both == RateLevels(requests: low, tokens: high))
    }
}
