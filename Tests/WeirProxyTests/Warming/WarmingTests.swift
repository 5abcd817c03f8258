import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirLedger
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Lists that go through a proxy with a scripted origin behind it.
@Suite struct WarmingTests {
    private static let credential = "Authorization: Bearer a\r\n"

    private func warm(_ weir: Weir, _ lines: [String], _ terms: WarmTerms = WarmTerms()) async -> WarmTotals {
        await weir.proxy.warm(WarmList(ByteBuffer(string: lines.joined(separator: "\n"))), terms) { _ in }
    }

    private static func chat(_ body: String = Chat.body, _ fields: String = #""Authorization": "Bearer a""#) -> String {
        #"{"path": "\#(Chat.path)", "headers": {\#(fields)}, "body": \#(body)}"#
    }

    @Test("what was warmed is a hit for its clients, and for nobody else", arguments: [1, 2])
    func persona(workers: Int) async throws {
        try await withWeir(
            routes: Chat.routes(),
            workers: workers,
            configure: { $0.prices = Priced.prices },
            answer: Chat.answering
        ) { weir in
            let visual = #""Authorization": "Bearer a", "X-Persona-Learning-Style": "visual""#
            let lines = [Self.chat(), Self.chat(Chat.body, visual), Self.chat(Chat.request("ho"))]
            let totals = await warm(weir, lines)
            #expect(totals.stored == 3 && totals.lines == 3 && totals.failures.isEmpty)
            #expect(Set(weir.origin.requests.map(\.body.text)) == [Chat.body, Chat.request("ho")])
            let answer = try await weir.chat()
            #expect(answer.isHit)
            #expect(try await weir.chat(fields: Self.credential + "X-Persona-Learning-Style: visual\r\n").isHit)
            #expect(try await weir.chat(fields: "Authorization: Bearer b\r\n").isHit == false)
            let again = await warm(weir, lines)
            #expect(again.hits == 3 && again.stored == 0 && again.cost == .zero)
            #expect(totals.cost > .zero && again.saved == totals.cost && again.unpriced == 0)
            #expect(weir.origin.requests.count == 4)
        }
    }

    @Test("a stream is warmed, and serves both kinds")
    func stream() async throws {
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.prices = Priced.prices },
            answer: Chat.answering
        ) { weir in
            let totals = await warm(weir, [Self.chat(Chat.request("hi", members: #","stream":true"#))])
            #expect(totals.stored == 1 && totals.cost > .zero)
            let answer = try await weir.chat()
            #expect(answer.isHit)
        }
    }

    @Test("identical lines are one call")
    func collapsed() async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            let totals = await warm(weir, Array(repeating: Self.chat(), count: 20), WarmTerms(concurrency: 8))
            #expect(totals.stored == 1 && totals.hits == 19)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("in mode http a line warms what is asked for at its host, else at the first listener")
    func http() async throws {
        let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
        try await withWeir(
            routes: routes,
            answer: { request, connection in
                let isKept = !request.target.hasPrefix("/private")
                try await connection.respond(
                    fields: "Cache-Control: \(isKept ? "max-age=60" : "private")\r\n",
                    body: request.target
                )
            }
        ) { weir in
            let totals = await warm(
                weir,
                [
                    #"{"path": "/a"}"#, "", #"{"path": "/b", "headers": {"Host": "weir.test"}}"#,
                    #"{"path": "/private"}"#,
                ],
                WarmTerms(concurrency: 1)
            )
            #expect(totals.stored == 2 && totals.passed == ["private": 1])
            #expect(weir.origin.requests.map(\.target) == ["/a", "/b", "/private"])
            #expect(try await weir.request("GET", "/a").isHit == false)
            #expect(try await weir.request("GET", "/b").isHit)
            let answer = try await withRawClient(port: weir.port) { client in
                try await client.send("GET /a HTTP/1.1\r\nHost: 127.0.0.1:\(weir.port)\r\n\r\n")
                return try await client.response()
            }
            #expect(answer.isHit)
        }
    }

    @Test("what is wrong, refused or not kept is told, and the rest is warmed")
    func failures() async throws {
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.upstreams[0].retry.attempts = 1 },
            answer: { request, connection in
                switch request.body.text {
                case Chat.request("secret"):
                    try await connection.respond(
                        status: "401 Unauthorized",
                        fields: "Content-Type: application/json\r\n",
                        body: #"{"error": {"message": "wrong key sk-secret", "code": "invalid_api_key"}}"#
                    )
                case Chat.request("broken"): try await connection.respond(status: "500 Oops", body: "sk-secret")
                case Chat.request("tools"):
                    try await connection.respond(
                        fields: "Content-Type: application/json\r\n",
                        body: Chat.answer(finish: "length")
                    )
                default: try await Chat.answering(request, connection)
                }
            }
        ) { weir in
            let lines = [
                "nonsense", Self.chat(Chat.request("secret")), Self.chat(Chat.request("broken")),
                Self.chat(Chat.request("tools")),
                Self.chat(Chat.request("x", members: #","tools":[{"type":"web_search"}]"#)),
                #"{"path": "/elsewhere"}"#, Self.chat(),
            ]
            let totals = await warm(weir, lines, WarmTerms(concurrency: 1))
            #expect(totals.stored == 1 && totals.failed == 4)
            #expect(totals.passed == ["not-kept": 1, "web-search": 1])
            #expect(
                totals.failures == [
                    .init(line: 1, reason: #"expected a JSON object such as {"path": "/courses/1"}"#),
                    .init(line: 2, reason: "401 invalid_api_key"), .init(line: 3, reason: "500"),
                    .init(line: 6, reason: "404 no_route"),
                ]
            )
            let answer = try await weir.chat()
            #expect(answer.isHit)
        }
    }

    @Test("a list pays as its users do: over a budget it is refused")
    func budget() async throws {
        try await withWeir(
            routes: Priced.routes(user: Priced.estimate() + 2),
            configure: { $0.prices = Priced.prices },
            answer: Chat.answering
        ) { weir in
            let fields = #""Authorization": "Bearer a", "X-User-Id": "ada""#
            let totals = await warm(
                weir,
                [Self.chat(Priced.request(), fields), Self.chat(Priced.request("ho"), fields)],
                WarmTerms(concurrency: 1)
            )
            #expect(totals.stored == 1 && totals.failures == [.init(line: 2, reason: "429 budget_exceeded")])
        }
    }

    @Test("no more are under way than asked for")
    func concurrency() async throws {
        let gate = Gate()
        try await withWeir(
            routes: Chat.routes(),
            answer: { request, connection in
                try await gate.wait()
                try await Chat.answering(request, connection)
            }
        ) { weir in
            let lines = (0..<10).map { Self.chat(Chat.request("\($0)")) }
            async let totals = warm(weir, lines, WarmTerms(concurrency: 3))
            try await weir.wait(for: "three calls") { _ in weir.origin.requests.count == 3 }
            gate.open()
            #expect(await totals.stored == 10)
        }
    }

    @Test("who is not waited for any more is left: nothing more is sent")
    func cancelled() async throws {
        let gate = Gate()
        try await withWeir(
            routes: Chat.routes { $0.cache.finish = .cancel },
            answer: { request, connection in
                try await gate.wait()
                try await Chat.answering(request, connection)
            }
        ) { weir in
            let lines = (0..<10).map { Self.chat(Chat.request("\($0)")) }
            let task = Task { await warm(weir, lines, WarmTerms(concurrency: 2)) }
            try await weir.wait(for: "two calls") { _ in weir.origin.requests.count == 2 }
            task.cancel()
            let totals = await task.value
            #expect(totals.failures.map(\.reason) == ["cancelled", "cancelled"] && totals.lines == 2)
            try await weir.wait(for: "what is left") { $0.totals.routes[0].aborted == 2 }
            gate.open()
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("a Weir that stops answers what is under way, and sends nothing more")
    func stopping() async throws {
        let gate = Gate()
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.drain = .zero },
            answer: { request, connection in
                try await gate.wait()
                try await Chat.answering(request, connection)
            }
        ) { weir in
            let lines = (0..<5).map { Self.chat(Chat.request("\($0)")) }
            async let totals = warm(weir, lines, WarmTerms(concurrency: 1))
            try await weir.wait(for: "a call") { _ in weir.origin.requests.count == 1 }
            await weir.proxy.stop()
            #expect(await totals.failures.map(\.reason) == Array(repeating: "503 draining", count: 5))
            gate.open()
        }
    }
}
