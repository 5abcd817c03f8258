import NIOCore
import NIOPosix
import Testing
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Budgets and rate limits of routes, as requests meet them.
@Suite struct AllowanceTests {
    private static func configure(_ settings: inout ProxySettings) { settings.prices = Priced.prices }

    /// Enough for one call's estimate, and too little for a second one once that has been paid.
    private static let once = Priced.estimate() + 2

    @Test("over its budget a user is refused, in words that clients understand; others are not", arguments: [1, 2])
    func user(workers: Int) async throws {
        try await withWeir(
            routes: Priced.routes(user: Self.once),
            workers: workers,
            configure: Self.configure,
            answer: Chat.answering
        ) { weir in
            #expect(try await weir.ask("one").status == 200)
            let refused = try await weir.ask("two")
            #expect(refused.status == 429 && refused["x-should-retry"] == "false" && refused.cost == nil)
            #expect(refused["Retry-After"] == "86400")
            #expect(refused["Cache-Status"] == "weir; fwd=uri-miss; detail=budget")
            #expect(try refused.error().code == "budget_exceeded")
            #expect(refused.text.contains(#""type": "insufficient_quota""#))
            let told = "today's budget of this user is $\(Priced.dollars(Self.once)), of which $3.50 is spent"
            #expect(refused.text.contains(told) && refused.text.contains("the day ends at 00:00 UTC, in 24h0m0s"))
            let message = try refused.error().message
            #expect(!message.contains("ada") && !message.contains("two"))
            // What is stored is free, whoever asks.
            let hit = try await weir.ask("one")
            #expect(hit.status == 200 && hit.isHit && hit.cost == "0.00")
            #expect(try await weir.ask("two", user: "bob").status == 200)
            #expect(try await weir.ask("two").isHit)
            // Past the cache it is the same budget.
            let past = try await weir.ask("one", fields: "Cache-Control: no-store\r\n")
            #expect(past.status == 429)
            #expect(past["Cache-Status"] == "weir; fwd=request; detail=budget")
            #expect(weir.origin.requests.count == 2)
            let metrics = await weir.proxy.snapshot().routes[0].metrics
            #expect(metrics.refusals(.userBudget) == 2 && metrics.refusals(.routeBudget) == 0)
        }
    }

    @Test("who brings a token spends its subject's budget, whatever name a field says")
    func token() async throws {
        var routes = Priced.routes(user: Self.once)
        routes[0].token = TokenSettings()
        // Of `{"alg":"HS256"}` and `{"sub":"ann"}`, `{"sub":"bob"}`: not signed, and trusted.
        let ann = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.AAAA\r\n"
        let bob = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.AAAA\r\n"
        try await withWeir(routes: routes, configure: Self.configure, answer: Chat.answering) { weir in
            func ask(_ text: String, _ token: String, as user: String) async throws -> Int {
                try await weir.chat(Priced.request(text), fields: token + "X-User-Id: \(user)\r\n").status
            }
            let first = try await ask("one", ann, as: "ada")
            #expect(first == 200)
            #expect(try await ask("two", ann, as: "eve") == 429)
            #expect(try await ask("two", bob, as: "ann") == 200)
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("at midnight there is a new budget")
    func midnight() async throws {
        try await withWeir(
            routes: Priced.routes(user: Self.once),
            configure: Self.configure,
            answer: Chat.answering
        ) { weir in
            #expect(try await weir.ask("one").status == 200)
            weir.clock.step(bySeconds: 86_399)
            let refused = try await weir.ask("two")
            #expect(refused.status == 429 && refused["Retry-After"] == "1")
            weir.clock.step(bySeconds: 1)
            #expect(try await weir.ask("two").status == 200)
        }
    }

    @Test("a hundred at once, on two event loops, do not take more than there is")
    func crowd() async throws {
        let gate = Gate()
        try await withWeir(
            routes: Priced.routes(route: 3 * Priced.estimate()),
            workers: 2,
            configure: Self.configure
        ) { request, connection in
            try await gate.wait()
            try await Chat.answering(request, connection)
        } _: { weir in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await weir.ask("q", user: "u\(index)", members: #","seed":\#(10 + index)"#).status
                    }
                }
                try await weir.wait(for: "all but those that are paid for") {
                    $0.routes[0].metrics.refusals(.routeBudget) == 17
                }
                gate.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 3 && statuses.count { $0 == 429 } == 17)
            let budget = try #require(await weir.budget())
            #expect(budget.route.spent.dollars == "10.50" && budget.route.reserved == .zero)
        }
    }

    @Test("who leads and may not is no harm to those who follow", arguments: [1, 2])
    func followers(workers: Int) async throws {
        let gate = Gate()
        try await withWeir(
            routes: Priced.routes(user: Self.once),
            workers: workers,
            configure: Self.configure
        ) { request, connection in
            if request.body.text.contains("shared") { try await gate.wait() }
            try await Chat.answering(request, connection)
        } _: { weir in
            #expect(try await weir.ask("spent").status == 200)
            // Over budget he may follow, not lead.
            #expect(try await weir.ask("shared").status == 429)
            async let leader = weir.ask("shared", user: "bob")
            try await weir.origin.waitForRequests(count: 2)
            async let follower = weir.ask("shared")
            try await weir.waitForFollowers(1)
            gate.open()
            #expect(try await leader.cost == Priced.cost)
            let free = try await follower
            #expect(free.status == 200 && free.cost == "0.00" && free.saved == Priced.cost)
        }
    }

    @Test("whoever followed one who may not lead, since he came first, joins anew")
    func rejoining() async throws {
        try await withWeir(
            routes: Priced.routes(user: 100),
            configure: Self.configure,
            answer: Chat.answering
        ) { weir in
            let body = Priced.request()
            let head = try requestHead("POST", Chat.path, ("Authorization", "Bearer a"), ("X-User-Id", "ada"))
            let request = AIRequest.read(
                ByteBuffer(string: body),
                endpoint: .chatCompletions,
                fields: head.fields,
                settings: PersonaSettings()
            )
            let generation = weir.proxy.generation
            let key = PersonaKey(
                head: head,
                route: try #require(generation.router.route(for: head)),
                builder: CacheKeyBuilder()
            ).make(request, canonical: try #require(request.canonical))
            let ticket = weir.proxy.shared.flights.join(
                FlightKey(key, form: 0),
                settings: generation.flightSettings,
                now: weir.clock.now,
                on: MultiThreadedEventLoopGroup.singleton.any(),
                wake: {}
            )
            guard case .lead(let flight, let reader) = ticket else {
                Issue.record("somebody else leads")
                return
            }
            async let following = weir.ask()
            try await weir.waitForFollowers(1)
            flight.fail(LeaderRefused())
            reader.leave()
            let answer = try await following
            #expect(answer.status == 200 && answer.cost == Priced.cost)
            #expect(answer["Cache-Status"] == "weir; fwd=uri-miss; stored")
            #expect(await weir.budget()?.users.spent.dollars == Priced.cost)
        }
    }

    @Test("refreshes behind hits are the route's, and are not made when its budget is spent", arguments: [true, false])
    func refreshes(isSpent: Bool) async throws {
        let routes = Priced.routes(user: Self.once, route: isSpent ? Self.once : 10 * Self.once) {
            $0.cache.ttl = .seconds(10)
            $0.cache.staleWhileRevalidate = .seconds(60)
        }
        try await withWeir(routes: routes, configure: Self.configure, answer: Chat.answering) { weir in
            #expect(try await weir.ask("one").cost == Priced.cost)
            weir.clock.advance(by: .seconds(11))
            let stale = try await weir.ask("one")
            #expect(stale.status == 200 && stale.cost == "0.00" && stale.saved == Priced.cost)
            if isSpent {
                #expect(weir.origin.requests.count == 1)
            } else {
                try await weir.wait(for: "the refresh") { $0.totals.spending.total.spent.tokens.calls == 2 }
                let spending = await weir.proxy.snapshot().totals.spending
                #expect(spending.users.rows["ada"]?.spent.tokens.calls == 1)
            }
            let budget = try #require(await weir.budget())
            #expect(budget.users.spent.dollars == "3.50")
            #expect(budget.route.spent.dollars == (isSpent ? "3.50" : "7.00"))
        }
    }

    @Test("what nobody can price is refused where there is a budget, unless the route lets it pass")
    func unpriced() async throws {
        for unpriced in BudgetSettings.Unpriced.allCases {
            let routes = Priced.routes(user: 100) { $0.budget?.unpriced = unpriced }
            try await withWeir(routes: routes, answer: Chat.answering) { weir in
                let answer = try await weir.ask()
                guard unpriced == .refuse else {
                    #expect(answer.status == 200 && answer.cost == nil)
                    return
                }
                #expect(try answer.status == 400 && answer.error().code == "model_unpriced")
                #expect(answer["Cache-Status"] == "weir; fwd=uri-miss; detail=unpriced")
                #expect(weir.origin.requests.isEmpty)
            }
        }
    }

    @Test("a budget holds without a cache too, and for what is too long to be read")
    func uncached() async throws {
        let routes = Priced.routes(user: Self.once) {
            $0.cache = RouteCacheSettings()
            $0.maxKeyedBody = 1_000
        }
        try await withWeir(routes: routes, configure: Self.configure, answer: Chat.answering) { weir in
            let first = try await weir.ask("one")
            #expect(first.cost == Priced.cost && first["Cache-Status"] == "weir; fwd=bypass")
            #expect(try await weir.ask("two").status == 429)
            #expect(try await weir.request("GET", "/v1/models").status == 200)
            let long = try await weir.ask(String(repeating: "x", count: 2_000), user: "bob")
            #expect(try long.status == 400 && long.error().code == "model_unpriced")
        }
    }

    @Test("rate limits say when to come back, and how they stand")
    func rates() async throws {
        let routes = Priced.routes {
            $0.rateLimit = RateLimitSettings(user: .init(requests: 2), credential: .init(tokens: 10_000))
        }
        try await withWeir(routes: routes, configure: Self.configure) { _, connection in
            let fields = "Content-Type: application/json\r\nx-ratelimit-remaining-requests: 4999\r\n"
            try await connection.respond(fields: fields, body: Chat.answer())
        } _: { weir in
            let first = try await weir.ask("one")
            #expect(first["x-ratelimit-limit-requests"] == "2" && first["x-ratelimit-remaining-requests"] == "1")
            #expect(first["x-ratelimit-reset-requests"] == "30s" && first["x-ratelimit-limit-tokens"] == "10000")
            // By the time of the head what was estimated has been settled.
            #expect(first["x-ratelimit-remaining-tokens"] == "9995" && first["x-ratelimit-reset-tokens"] == "30ms")
            #expect(try await weir.ask("two").status == 200)
            let refused = try await weir.ask("three")
            #expect(try refused.status == 429 && refused.error().code == "rate_limit_exceeded")
            #expect(refused.text.contains(#""type": "requests""#))
            #expect(refused["Retry-After"] == "30" && refused["retry-after-ms"] == "30000")
            #expect(refused["x-ratelimit-remaining-requests"] == "0" && refused["x-should-retry"] == nil)
            #expect(refused["Cache-Status"] == "weir; fwd=uri-miss; detail=rate-limit")
            let hit = try await weir.ask("one")
            #expect(hit.isHit && hit["x-ratelimit-remaining-requests"] == "0")
            weir.clock.advance(by: .seconds(30))
            #expect(try await weir.ask("three").status == 200)
            // Another user has the same credential's tokens left.
            let bob = try await weir.ask("four", user: "bob")
            #expect(bob["x-ratelimit-remaining-requests"] == "1")
        }
    }

    @Test("credentials are told apart by what they are")
    func credentials() async throws {
        let routes = Priced.routes { $0.rateLimit = RateLimitSettings(credential: .init(requests: 1)) }
        try await withWeir(routes: routes, configure: Self.configure, answer: Chat.answering) { weir in
            for (text, credential, status) in [("one", "a", 200), ("two", "a", 429), ("two", "b", 200)] {
                let answer = try await weir.chat(
                    Priced.request(text),
                    fields: "Authorization: Bearer \(credential)\r\n"
                )
                #expect(answer.status == status, "\(text) by \(credential)")
            }
        }
    }

    @Test("a reload keeps what is spent, and goes by the new budget")
    func reload() async throws {
        try await withWeir(
            routes: Priced.routes(user: Self.once),
            configure: Self.configure,
            answer: Chat.answering
        ) { weir in
            #expect(try await weir.ask("one").status == 200)
            var settings = weir.proxy.settings
            try await weir.proxy.reload(settings)
            #expect(try await weir.ask("two").status == 429)
            // Away for a while, and back.
            let routes = settings.routes
            settings.routes[0].budget = nil
            try await weir.proxy.reload(settings)
            #expect(await weir.budget() == nil)
            settings.routes = routes
            try await weir.proxy.reload(settings)
            #expect(try await weir.ask("two").status == 429)
            settings.routes[0].budget?.userDaily = Priced.money(2 * Self.once)
            try await weir.proxy.reload(settings)
            #expect(try await weir.ask("two").status == 200)
            #expect(await weir.budget()?.users.spent.dollars == "7.00")
        }
    }

    @Test("a client that leaves before its answer has paid for the prompt")
    func leaving() async throws {
        let begun = Gate()
        try await withWeir(routes: Priced.routes(user: 100), configure: Self.configure) { _, connection in
            begun.open()
            try await connection.expectEnd()
        } _: { weir in
            let body = Priced.request()
            try await withRawClient(port: weir.port) { client in
                try await client.send(
                    "POST \(Chat.path) HTTP/1.1\r\nHost: a\r\nCache-Control: no-store\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                try await begun.wait()
                #expect(await weir.budget()?.users.reserved.dollars == Priced.dollars(Priced.estimate()))
                await client.reset()
            }
            try await weir.wait(for: "the account's end") { $0.routes[0].budget?.users.reserved == .zero }
            #expect(await weir.budget()?.users.spent.dollars == Priced.dollars(Priced.estimate() - 20))
        }
    }
}
