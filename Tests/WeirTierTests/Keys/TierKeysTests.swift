import NIOCore
import Testing
import WeirCache

@testable import WeirTier

@Suite("Names in Redis")
struct TierKeysTests {
    @Test("All that belongs to one answer has one hash tag, and so has the order of purges")
    func slots() throws {
        let keys = TierKeys(prefix: "app", database: 0)
        let key = try #require(CacheKey(hex: String(repeating: "ab", count: 32)))
        let names = [
            keys.entry(key), keys.selection(key), keys.variant(key, key), keys.lock(key), keys.fence(key),
            keys.waiters(key),
        ]
        for name in names { #expect(String(buffer: name).hasPrefix("app:{\(key)}:")) }
        #expect(Set(names).count == names.count)
        for name in [keys.logHead, keys.logPurges] { #expect(String(buffer: name).hasPrefix("app:{log}:")) }
    }

    @Test("Databases have channels of their own, which Redis does not give them, all of them under the prefix")
    func channels() {
        let (first, second) = (TierKeys(prefix: "app", database: 0), TierKeys(prefix: "app", database: 1))
        #expect([first.purgeChannel, first.fillChannel] == ["app:purges", "app:fills"])
        #expect([second.purgeChannel, second.fillChannel] == ["app:1:purges", "app:1:fills"])
    }
}
