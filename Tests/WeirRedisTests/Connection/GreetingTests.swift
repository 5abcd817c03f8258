import Testing

@testable import WeirRedis

@Suite("A connection's greeting")
struct GreetingTests {
    private static let name = RedisCommand("CLIENT", text: "SETNAME", "weir")
    private let endpoint = RedisSettings.Place.single(RedisEndpoint(host: "h"))

    @Test("says who it is, then where it wants to be, then its name")
    func commands() {
        #expect(Greeting(RedisSettings(place: endpoint)).commands == [Self.name])
        #expect(
            Greeting(RedisSettings(place: endpoint, password: "p", database: 3)).commands
                == [RedisCommand("AUTH", text: "p"), RedisCommand("SELECT", text: "3"), Self.name]
        )
        #expect(
            Greeting(RedisSettings(place: endpoint, username: "u", password: "p")).commands
                == [RedisCommand("AUTH", text: "u", "p"), Self.name]
        )
    }

    @Test("is over with its last reply")
    func ready() {
        var greeting = Greeting(RedisSettings(place: endpoint, password: "p", database: 3))
        #expect(greeting.received(.status("OK")) == .wait)
        #expect(greeting.received(.status("OK")) == .wait)
        #expect(greeting.received(.status("OK")) == .ready)
    }

    @Test("is refused by the first error that matters")
    func refused() {
        var wrong = Greeting(RedisSettings(place: endpoint, password: "p", database: 3))
        #expect(wrong.received(.error("WRONGPASS no")) == .refused("WRONGPASS no"))
        var far = Greeting(RedisSettings(place: endpoint, database: 99))
        #expect(far.received(.error("ERR DB index is out of range")) == .refused("ERR DB index is out of range"))
        var none = Greeting(RedisSettings(place: endpoint))
        #expect(none.received(.error("NOAUTH Authentication required.")) == .refused("NOAUTH Authentication required."))
    }

    @Test("goes on without a name where the server gives none")
    func nameless() {
        for text in ["NOPERM no permissions", "ERR unknown command 'CLIENT'"] {
            var greeting = Greeting(RedisSettings(place: endpoint))
            #expect(greeting.received(.error(text)) == .ready)
        }
    }
}
