import NIOCore
import Testing
import WeirCache
import WeirLedger
import WeirOpenAI
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What answers cost and save, as they say themselves and as it is counted.
@Suite struct CostsTests {
    private static func configure(_ settings: inout ProxySettings) { settings.prices = Priced.prices }

    @Test("a miss says what it cost, a hit what it saved, and both are counted", arguments: [true, false])
    func hit(isStored: Bool) async throws {
        let fields = isStored ? "" : "Cache-Control: no-store\r\n"
        try await withWeir(routes: Priced.routes(), configure: Self.configure, answer: Chat.answering) { weir in
            let miss = try await weir.ask(fields: fields)
            #expect(miss.cost == Priced.cost && miss.saved == nil && miss.text == Chat.answer())
            let second = try await weir.ask(user: "bob", fields: fields)
            #expect(second.cost == (isStored ? "0.00" : Priced.cost) && second.saved == (isStored ? Priced.cost : nil))
            let sums = await weir.spending()
            #expect(sums.spent == (isStored ? Priced.cost : "7.00") && sums.saved == (isStored ? Priced.cost : "0.00"))
            let spending = await weir.proxy.snapshot().totals.spending
            #expect(spending.routes.rows["/v1"]?.spent.cost.dollars == sums.spent)
            #expect(spending.users.rows["ada"]?.spent.cost.dollars == Priced.cost)
            #expect(spending.users.rows["bob"]?.saved.cost.dollars == sums.saved)
            #expect(spending.total.spent.estimated == 0)
        }
    }

    @Test("a stream's costs stand behind it for clients that take trailers; what a hit saved, in its head")
    func stream() async throws {
        let stream = #","stream":true"#
        try await withWeir(routes: Priced.routes(), configure: Self.configure, answer: Chat.answering) { weir in
            let plain = try await weir.ask("one", members: stream)
            #expect(plain.cost == nil && plain.body.trailers.isEmpty)
            let told = try await weir.ask("two", members: stream, fields: "TE: trailers\r\n")
            #expect(told.cost == nil && told.text == Chat.stream(hasUsage: false))
            #expect(told.body.trailers.map { "\($0.name): \($0.value)" } == ["X-Weir-Cost: 3.50"])
            let hit = try await weir.ask("two", members: stream, fields: "TE: trailers\r\n")
            #expect(hit.cost == "0.00" && hit.saved == Priced.cost && hit.body.trailers.isEmpty)
            let other = try await weir.ask("two")
            #expect(other.cost == "0.00" && other.saved == Priced.cost)
            let sums = await weir.spending()
            #expect(sums.spent == "7.00" && sums.saved == "7.00")
        }
    }

    @Test("who follows a call pays nothing, and hears what it saved", arguments: [1, 2], [true, false])
    func followers(workers: Int, isStream: Bool) async throws {
        let gate = Gate()
        try await withWeir(
            routes: Priced.routes(user: 100),
            workers: workers,
            configure: Self.configure
        ) { request, connection in
            try await gate.wait()
            try await Chat.answering(request, connection)
        } _: { weir in
            let members = isStream ? #","stream":true"# : ""
            let responses = try await withThrowingTaskGroup(of: ReceivedResponse.self) { group in
                for index in 0..<10 {
                    group.addTask {
                        try await weir.ask(user: "u\(index)", members: members, fields: "TE: trailers\r\n")
                    }
                }
                try await weir.waitForFollowers(9)
                gate.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let costs = responses.map { $0.cost ?? $0.trailer("X-Weir-Cost") }
            let saved = responses.map { $0.saved ?? $0.trailer("X-Weir-Saved") }
            #expect(costs.count { $0 == Priced.cost } == 1 && costs.count { $0 == "0.00" } == 9)
            #expect(saved.count { $0 == Priced.cost } == 9 && saved.count { $0 == nil } == 1)
            let sums = await weir.spending()
            #expect(sums.spent == Priced.cost && sums.saved == "31.50")
            #expect(await weir.budget()?.users.spent.dollars == Priced.cost)
        }
    }

    @Test("a model without a price has its tokens counted as unknown, and no cost")
    func unpriced() async throws {
        try await withWeir(routes: Priced.routes(), answer: Chat.answering) { weir in
            let miss = try await weir.ask()
            #expect(miss.status == 200 && miss.cost == nil && miss.saved == nil)
            let hit = try await weir.ask()
            #expect(hit.cost == "0.00" && hit.saved == nil)
            let total = await weir.proxy.snapshot().totals.spending.total
            #expect(total.spent.unpriced.total == 5 && total.saved.unpriced.total == 5)
        }
    }

    @Test("a fallback's answer is priced by its own model")
    func fallback() async throws {
        let routes = Priced.routes(user: 100) {
            $0.fallback = FallbackSettings(upstream: "other", models: ["m": "cheap"])
        }
        let failing = answering { _, connection in try await connection.respond(status: "503 No", body: "no") }
        try await withTwoUpstreams(
            routes: routes,
            configure: Self.configure,
            first: failing,
            other: answering(Chat.answering)
        ) { weir, _ in
            for fields in ["", "Cache-Control: no-store\r\n"] {
                let answer = try await weir.ask(fields: fields)
                #expect(answer.status == 200 && answer.cost == "1.25", "\(fields)")
            }
            #expect(await weir.proxy.snapshot().totals.spending.models.rows["cheap"]?.spent.cost.dollars == "2.50")
            #expect(await weir.budget()?.users.spent.dollars == "2.50")
        }
    }

    @Test("errors of the provider's cost nothing", arguments: ["400 Bad Request", "500 No", "429 Slow Down"])
    func failing(status: String) async throws {
        try await withWeir(
            routes: Priced.routes(user: 100),
            configure: {
                Self.configure(&$0)
                $0.upstreams[0].retry.attempts = 1
            }
        ) { _, connection in
            try await connection.respond(status: status, fields: "X-Weir-Cost: 3\r\n", body: "no")
        } _: { weir in
            let answer = try await weir.ask()
            #expect(answer.status == Int(status.prefix(3)) && answer.text == "no")
            let budget = try #require(await weir.budget())
            #expect(budget.users == BudgetTotal())
            #expect(await weir.proxy.snapshot().totals.spending.total == SpendingCounts())
        }
    }

    @Test("what is not reached is given back", arguments: ["", "Cache-Control: no-store\r\n"])
    func unreachable(fields: String) async throws {
        try await withWeir(
            routes: Priced.routes(user: 100),
            configure: Self.configure,
            script: { _ in }
        ) { weir in
            await weir.origin.stopListening()
            let answer = try await weir.ask(fields: fields)
            #expect(answer.status == 502)
            #expect(await weir.budget()?.users == BudgetTotal())
        }
    }

    @Test(
        "a stream that breaks off costs what came, about; one JSON text is a failure to its client",
        arguments: [true, false],
        ["", "Cache-Control: no-store\r\n"]
    )
    func brokenOff(isStream: Bool, fields: String) async throws {
        try await withWeir(
            routes: Priced.routes(user: 100),
            configure: Self.configure,
            script: { connection in
                try await connection.expectRequest()
                let type = isStream ? "text/event-stream" : "application/json"
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                let pieces = isStream ? Array(Chat.events(hasUsage: true).prefix(3)) : [#"{"id":"#]
                for piece in pieces { try await connection.send(chunk: piece) }
                await connection.reset()
            }
        ) { weir in
            let members = isStream ? #","stream":true"# : ""
            if isStream {
                await #expect(throws: (any Error).self) {
                    try await weir.ask(members: members, fields: fields)
                }
            } else {
                let answer = try await weir.ask(fields: fields)
                #expect(answer.status == 502 && answer.cost == nil)
                #expect(try answer.error().code == "upstream_reset")
            }
            try await weir.wait(for: "the account's end") { $0.totals.spending.total.spent.tokens.calls == 1 }
            let spent = await weir.proxy.snapshot().totals.spending.total.spent
            let body = Priced.request(members: members)
            let input = Priced.estimate(body) - 20
            #expect(spent.estimated == 1)
            #expect(spent.cost.dollars == Priced.dollars(input + 2 * (isStream ? 3 : 10)))
            #expect(await weir.budget()?.users.spent == spent.cost)
        }
    }

    @Test("an answer longer than what is stored is not held until it is whole")
    func long() async throws {
        let gate = Gate()
        try await withWeir(
            routes: Priced.routes(),
            configure: {
                Self.configure(&$0)
                $0.cache.maxObject = 1_000
            }
        ) { _, connection in
            let text = Chat.answer(String(repeating: "x", count: 5_000))
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await connection.send(chunk: String(text.prefix(3_000)))
            try await gate.wait()
            try await connection.send(chunk: String(text.dropFirst(3_000)))
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            for fields in ["", "Cache-Control: no-store\r\n"] {
                try await withRawClient(port: weir.port) { client in
                    let body = Priced.request()
                    try await client.send(
                        "POST \(Chat.path) HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\(fields)"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    )
                    let head = try await client.wire.readHead()
                    gate.open()
                    #expect(head.status == 200 && head["X-Weir-Cost"] == nil)
                    let rest = try await client.wire.readBody(ofResponse: head, to: "POST")
                    #expect(rest.trailers.first { $0.name == "X-Weir-Cost" }?.value == Priced.cost)
                }
            }
        }
    }

    @Test("a request that nobody has read is counted by what its answer says, and told nothing")
    func unread() async throws {
        let routes = [RouteSettings(path: "/", upstream: "app")]
        try await withWeir(routes: routes, configure: Self.configure, answer: Chat.answering) { weir in
            let answer = try await weir.ask()
            #expect(answer.cost == nil && answer.text == Chat.answer())
            #expect(await weir.spending().spent == Priced.cost)
            #expect(await weir.proxy.snapshot().totals.spending.users.rows["ada"]?.spent.tokens.calls == 1)
        }
    }
}
