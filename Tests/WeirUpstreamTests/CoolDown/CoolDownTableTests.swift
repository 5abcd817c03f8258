import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

@Suite struct CoolDownTableTests {
    private let clock = ManualClock()

    private func key(_ service: Service = .chat, _ credential: String = "Bearer a") throws -> CoolDownKey {
        try #require(CoolDownKey(service, ["Authorization": credential]))
    }

    private func table(entries: Int = 10) -> CoolDownTable {
        CoolDownTable(settings: CoolDownSettings(retryAfterMax: .seconds(60), entries: entries))
    }

    /// A 429 now, and for how many seconds the credential is told to wait.
    private func throttle(_ table: inout CoolDownTable, _ key: CoolDownKey, retryAfter: TimeAmount? = nil) -> Double {
        let until = table.throttled(key, retryAfter: retryAfter, now: clock.now)
        return Double((until - clock.now).nanoseconds) / 1e9
    }

    @Test("A credential waits for as long as the upstream says, up to a bound")
    func retryAfter() throws {
        var table = table()
        let key = try key()
        #expect(table.remaining(key, now: clock.now) == nil)
        #expect(throttle(&table, key, retryAfter: .milliseconds(1500)) == 1.5)
        #expect(table.remaining(key, now: clock.now) == .milliseconds(1500))
        clock.advance(by: .milliseconds(1500))
        #expect(table.remaining(key, now: clock.now) == nil)
        #expect(throttle(&table, key, retryAfter: .hours(5)) == 60)
    }

    @Test("Where it does not say: a second, doubling up to half a minute")
    func doubling() throws {
        var table = table()
        let key = try key()
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            #expect(throttle(&table, key) == Double(seconds))
            clock.advance(by: .seconds(Int64(seconds)))
            #expect(table.remaining(key, now: clock.now) == nil)
        }
    }

    @Test("A success, or time enough without a 429, begins anew")
    func forgiven() throws {
        var table = table()
        let key = try key()
        _ = throttle(&table, key)
        clock.advance(by: .seconds(1))
        #expect(throttle(&table, key) == 2)
        clock.advance(by: .seconds(2))
        table.succeeded(key, now: clock.now)
        #expect(table.count == 0)
        #expect(throttle(&table, key) == 1)
        clock.advance(by: .seconds(31))
        #expect(throttle(&table, key) == 1)
    }

    @Test("What calls from before it have to say does not lengthen the wait step by step, nor end it")
    func stragglers() throws {
        var table = table()
        let key = try key()
        #expect(throttle(&table, key) == 1)
        #expect(throttle(&table, key) == 1)
        #expect(throttle(&table, key, retryAfter: .milliseconds(10)) == 1)
        #expect(throttle(&table, key, retryAfter: .seconds(3)) == 3)
        table.succeeded(key, now: clock.now)
        #expect(table.remaining(key, now: clock.now) == .seconds(3))
    }

    @Test("Credentials and services wait by themselves")
    func apart() throws {
        var table = table()
        _ = throttle(&table, try key(.chat, "Bearer a"))
        for other in [try key(.chat, "Bearer b"), try key(.embeddings, "Bearer a")] {
            #expect(table.remaining(other, now: clock.now) == nil)
        }
        _ = throttle(&table, try key(.chat, "Bearer b"))
        _ = throttle(&table, try key(.embeddings, "Bearer a"))
        #expect(table.waiting(now: clock.now) == [.chat: 2, .embeddings: 1])
        table.forget(.chat)
        #expect(table.waiting(now: clock.now) == [.embeddings: 1])
        table.forget(nil)
        #expect(table.count == 0)
    }

    @Test("The table keeps its bound: first go those who may call again, then who may next")
    func bounded() throws {
        var table = table(entries: 3)
        let keys = try (0..<5).map { try key(.chat, "Bearer \($0)") }
        _ = throttle(&table, keys[0], retryAfter: .seconds(1))
        _ = throttle(&table, keys[1], retryAfter: .seconds(50))
        _ = throttle(&table, keys[2], retryAfter: .seconds(40))
        clock.advance(by: .seconds(32))
        _ = throttle(&table, keys[3], retryAfter: .seconds(60))
        #expect(table.count == 3)
        #expect(table.remaining(keys[1], now: clock.now) == .seconds(18))
        _ = throttle(&table, keys[4], retryAfter: .seconds(60))
        #expect(table.count == 3)
        #expect(table.remaining(keys[2], now: clock.now) == nil)
        #expect(table.remaining(keys[1], now: clock.now) == .seconds(18))
    }

    @Test(
        "A credential is everything that a provider counts by",
        arguments: [
            "Authorization", "api-key", "x-api-key", "OpenAI-Organization", "OpenAI-Project", "x-goog-api-key",
            "X-Auth-Token",
        ]
    )
    func credentials(name: String) throws {
        let (one, same, other): (FieldSection, FieldSection, FieldSection) = (
            [name: "one", "Accept": "a"], [name.lowercased(): "one", "X-Other": "b"], [name: "other"]
        )
        for service in [Service.chat, .other] {
            let key = try #require(CoolDownKey(service, one))
            #expect(key == CoolDownKey(service, same))
            #expect(key != CoolDownKey(service, other))
        }
    }

    @Test("Nobody but a credential's own calls wait where the path is no API's")
    func anonymous() {
        #expect(CoolDownKey(.other, ["Cookie": "a=1", "Accept": "*/*"]) == nil)
        #expect(CoolDownKey(.chat, ["Accept": "*/*"]) != nil)
        #expect(CoolDownKey(.chat, [:]) != CoolDownKey(.chat, ["Authorization": ""]))
        #expect(CoolDownKey(.chat, ["Authorization": "x"]) != CoolDownKey(.chat, ["api-key": "x"]))
    }
}
