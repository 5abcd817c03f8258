import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

@Suite struct PaceTableTests {
    /// A table on a clock that a test moves, and what it has ordered.
    private final class Rig {
        let clock = ManualClock()
        var table: PaceTable
        var words: [String] = []
        var wakeAt: NIODeadline?
        private var names: [ObjectIdentifier: String] = [:]
        private var tickets: [String: PaceTicket] = [:]
        let key: PaceKey

        init(_ settings: PaceSettings = PaceSettings(), key: PaceKey) {
            table = PaceTable(settings: settings)
            self.key = key
        }

        /// `go`, `waits`, or `refused 1.5`.
        @discardableResult
        func arrive(
            _ name: String,
            tokens: Int = 0,
            _ priority: CallPriority = .standard,
            within wait: TimeAmount = .seconds(10),
            _ key: PaceKey? = nil
        ) -> String {
            let ticket = PaceTicket(tokens: tokens) { _ in }
            names[ObjectIdentifier(ticket)] = name
            tickets[name] = ticket
            let now = clock.now
            let (arrival, orders) = table.arrive(ticket, key ?? self.key, priority, now: now, until: now + wait)
            note(orders)
            switch arrival {
            case .go(let pass):
                passes[name] = pass
                return "go"
            case .waits: return "waits"
            case .refused(let wait): return "refused \(Double(wait.nanoseconds) / 1e9)"
            }
        }

        @discardableResult
        func arrive(_ name: String, within wait: TimeAmount = .seconds(10), _ key: PaceKey) -> String {
            arrive(name, tokens: 0, .standard, within: wait, key)
        }

        @discardableResult
        func arrive(_ name: String, _ priority: CallPriority) -> String { arrive(name, tokens: 0, priority) }

        var passes: [String: PacePass] = [:]

        func told(_ name: String, requests: RateLimit? = nil, tokens: RateLimit? = nil) throws {
            let pass = try #require(passes[name])
            note(table.told(pass, RateLimitFields(requests: requests, tokens: tokens), now: clock.now))
        }

        func withdraw(_ name: String) throws {
            note(table.withdraw(try #require(tickets[name]), of: key, now: clock.now))
        }

        func pass(_ time: TimeAmount) {
            clock.advance(by: time)
            note(table.look(key, now: clock.now))
        }

        private func note(_ orders: PaceTable.Orders) {
            for (ticket, word) in orders.words {
                let name = names[ObjectIdentifier(ticket)] ?? "?"
                switch word {
                case .go(let pass):
                    passes[name] = pass
                    words.append(name)
                case .refused: words.append("not \(name)")
                }
            }
            if let at = orders.wakeAt { wakeAt = at }
        }

        var wakesIn: Double? { wakeAt.map { Double(($0 - clock.now).nanoseconds) / 1e9 } }
    }

    private static func key(_ credential: String = "a", model: String = "m", _ service: Service = .chat) -> PaceKey {
        guard let key = PaceKey(service, ["Authorization": "Bearer \(credential)"], label: model) else {
            preconditionFailure("Cannot test without a key")
        }
        return key
    }

    private func rig(_ settings: PaceSettings = PaceSettings()) -> Rig { Rig(settings, key: Self.key()) }

    @Test("Of whom nothing is known, everybody goes")
    func unknown() throws {
        let rig = rig()
        for name in ["a", "b", "c"] { #expect(rig.arrive(name) == "go") }
        try rig.told("a")
        #expect(rig.table.count == 0 && rig.arrive("d") == "go")
    }

    @Test("What is left is spent, and the rest waits for the reset")
    func window() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 3, remaining: 2, reset: .seconds(4)))
        #expect(rig.arrive("b") == "go")
        #expect(rig.arrive("c") == "go")
        #expect(rig.arrive("d") == "waits")
        #expect(rig.wakesIn == 4 && rig.table.waiting == 1)
        rig.pass(.milliseconds(3999))
        #expect(rig.words.isEmpty)
        rig.pass(.milliseconds(1))
        #expect(rig.words == ["d"] && rig.table.waiting == 0)
        // A new window, of the same length as far as is known.
        #expect(rig.arrive("e") == "go" && rig.arrive("f") == "go")
        #expect(rig.arrive("g") == "waits")
        #expect(rig.wakesIn == 4)
    }

    @Test("Who cannot go in time is refused at once, with the time until it could")
    func tooLate() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 3, remaining: 0, reset: .seconds(20)))
        #expect(rig.arrive("b") == "refused 20.0")
        #expect(rig.arrive("c", within: .zero) == "refused 20.0")
        rig.clock.advance(by: .seconds(15))
        #expect(rig.arrive("d", within: .seconds(6)) == "waits")
        rig.pass(.seconds(5))
        #expect(rig.words == ["d"])
    }

    @Test("Tokens are a limit of their own; the larger call at the head of the line is not overtaken")
    func tokens() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told(
            "a",
            requests: RateLimit(limit: 100, remaining: 99, reset: .seconds(1)),
            tokens: RateLimit(limit: 1000, remaining: 300, reset: .seconds(5))
        )
        #expect(rig.arrive("b", tokens: 250) == "go")
        #expect(rig.arrive("c", tokens: 80) == "waits")
        #expect(rig.arrive("d", tokens: 10) == "waits")
        #expect(rig.arrive("e", tokens: 10, .critical) == "waits")
        // What goes before the others, and has room, goes.
        #expect(rig.words == ["e"])
        rig.pass(.seconds(5))
        #expect(rig.words == ["e", "c", "d"])
    }

    @Test("More than the whole limit goes once all of it is there")
    func oversized() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", tokens: RateLimit(limit: 1000, remaining: 900, reset: .seconds(2)))
        #expect(rig.arrive("b", tokens: 5000) == "waits")
        rig.pass(.seconds(2))
        #expect(rig.words == ["b"])
        #expect(rig.arrive("c", tokens: 1) == "waits")
    }

    @Test("Priorities go first, and displace where the line is full")
    func priorities() throws {
        let rig = rig(PaceSettings(pending: 3))
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 9, remaining: 0, reset: .seconds(5)))
        #expect(rig.arrive("bulk", .bulk) == "waits")
        #expect(rig.arrive("one") == "waits")
        #expect(rig.arrive("two") == "waits")
        #expect(rig.arrive("more bulk", .bulk) == "refused 5.0")
        #expect(rig.arrive("first", .critical) == "waits")
        #expect(rig.words == ["not bulk"] && rig.table.waiting == 3)
        #expect(rig.arrive("three") == "refused 5.0")
        rig.pass(.seconds(5))
        #expect(rig.words == ["not bulk", "first", "one", "two"])
    }

    @Test("Who has waited too long is refused, and who withdraws is heard of no more")
    func leaving() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 9, remaining: 0, reset: .seconds(5)))
        #expect(rig.arrive("b", within: .seconds(6)) == "waits")
        #expect(rig.arrive("c", within: .seconds(8)) == "waits")
        #expect(rig.arrive("d", within: .seconds(8)) == "waits")
        try rig.withdraw("c")
        #expect(rig.table.waiting == 2)
        // A later answer knows of a later reset.
        try rig.told("a", requests: RateLimit(limit: 9, remaining: 0, reset: .seconds(7)))
        rig.pass(.seconds(6))
        #expect(rig.words == ["not b"])
        rig.pass(.seconds(1))
        #expect(rig.words == ["not b", "d"] && rig.table.waiting == 0)
    }

    @Test("An answer's word holds less what has been sent after its call")
    func underWay() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 10, remaining: 5, reset: .seconds(9)))
        for name in ["b", "c", "d"] { #expect(rig.arrive(name) == "go") }
        // Its upstream has seen neither c nor d.
        try rig.told("b", requests: RateLimit(limit: 10, remaining: 4, reset: .seconds(9)))
        #expect(rig.arrive("e") == "go" && rig.arrive("f") == "go")
        #expect(rig.arrive("g") == "waits")
        // The answer of an earlier call says nothing that is not known.
        try rig.told("f", requests: RateLimit(limit: 10, remaining: 0, reset: .seconds(8)))
        try rig.told("c", requests: RateLimit(limit: 10, remaining: 9, reset: .seconds(8)))
        #expect(rig.arrive("h") == "waits" && rig.words.isEmpty)
    }

    @Test("Of the answers to calls that went out together, the one counts that leaves the least")
    func together() throws {
        let rig = rig()
        for name in ["a", "b", "c"] { rig.arrive(name) }
        try rig.told("a", requests: RateLimit(limit: 10, remaining: 1, reset: .seconds(9)))
        try rig.told("c", requests: RateLimit(limit: 10, remaining: 0, reset: .seconds(9)))
        try rig.told("b", requests: RateLimit(limit: 10, remaining: 2, reset: .seconds(9)))
        #expect(rig.arrive("d") == "waits")
    }

    @Test("A reset that moves away while less is left is that of a bucket, which fills bit by bit")
    func bucket() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 60, remaining: 1, reset: .seconds(59)))
        #expect(rig.arrive("b") == "go")
        #expect(rig.arrive("c") == "refused 59.0")
        try rig.told("b", requests: RateLimit(limit: 60, remaining: 0, reset: .seconds(60)))
        #expect(rig.arrive("d") == "waits" && rig.arrive("e") == "waits")
        #expect(rig.wakesIn == 1)
        rig.pass(.seconds(1))
        #expect(rig.words == ["d"] && rig.wakesIn == 1)
        rig.pass(.seconds(1))
        #expect(rig.words == ["d", "e"])
        rig.clock.advance(by: .seconds(100))
        for call in 0..<60 { #expect(rig.arrive("\(call)") == "go") }
        #expect(rig.arrive("z") == "waits")
    }

    @Test("One that comes closer is a window's again")
    func windowAgain() throws {
        let rig = rig()
        for (remaining, reset) in [(9, 5), (8, 6), (7, 4)] {
            rig.arrive("a")
            try rig.told("a", requests: RateLimit(limit: 10, remaining: remaining, reset: .seconds(Int64(reset))))
        }
        for call in 0..<7 { #expect(rig.arrive("\(call)") == "go") }
        #expect(rig.arrive("z") == "waits")
        #expect(rig.wakesIn == 4)
    }

    @Test("Without a limit nobody knows how much comes back: all may go")
    func unlimited() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: nil, remaining: 0, reset: .seconds(1)))
        #expect(rig.arrive("b") == "waits")
        rig.pass(.seconds(1))
        for name in ["c", "d", "e"] { #expect(rig.arrive(name) == "go") }
    }

    @Test("What was said long ago is forgotten")
    func old() throws {
        let rig = rig(PaceSettings(resetMax: .seconds(30)))
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 50, remaining: 0, reset: .hours(24)))
        #expect(rig.arrive("b") == "refused 30.0")
        rig.clock.advance(by: .seconds(30))
        for call in 0..<100 { #expect(rig.arrive("\(call)") == "go") }
    }

    @Test("Credentials, services and models have limits of their own; a reset of the breaker lets all go")
    func apart() throws {
        let rig = rig()
        rig.arrive("a")
        try rig.told("a", requests: RateLimit(limit: 50, remaining: 0, reset: .seconds(5)))
        for other in [Self.key("b"), Self.key(model: "n"), Self.key("a", .embeddings)] {
            #expect(rig.arrive("other", other) == "go")
        }
        #expect(rig.arrive("b") == "waits")
        #expect(rig.table.forget(.embeddings).words.isEmpty)
        #expect(rig.table.forget(.chat).words.count == 1)
        #expect(rig.table.waiting == 0 && rig.arrive("c") == "go")
    }

    @Test("The table keeps its bound: the one goes that was asked for least recently, and where nobody waits")
    func bounded() throws {
        let rig = rig(PaceSettings(entries: 2))
        let none = RateLimit(limit: 9, remaining: 0, reset: .seconds(5))
        for name in ["a", "b", "c"] {
            rig.clock.advance(by: .milliseconds(1))
            rig.arrive(name, Self.key(name))
            try rig.told(name, requests: none)
            #expect(rig.arrive("waits", Self.key("a")) == "waits")
        }
        #expect(rig.table.count == 2)
        #expect(rig.arrive("b", Self.key("b")) == "go")
        #expect(rig.arrive("c", Self.key("c")) == "waits")
    }
}
