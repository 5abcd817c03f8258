import NIOCore
import Testing
import WeirCache
import WeirLedger
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Items of several requests that are asked for together. A batch that waits for an hour is one that has to fill up.
@Suite struct BatchingTests {
    private static func routes(
        size: Int,
        wait: TimeAmount = .hours(1),
        _ change: (inout RouteSettings) -> Void = { _ in }
    ) -> [RouteSettings] {
        Chat.routes {
            $0.batch = BatchSettings(size: size, wait: wait)
            change(&$0)
        }
    }

    /// Each text by a request of its own, all at once.
    private static func burst(
        _ texts: [String],
        in weir: Weir,
        members: String = "",
        fields: String = ""
    ) async throws -> [String: ReceivedResponse] {
        try await withThrowingTaskGroup { group in
            for text in texts {
                group.addTask { (text, try await weir.embed(text, members: members, fields: fields)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test("a burst of 100 single texts becomes ten calls, and each gets its own", arguments: [1, 2])
    func burst(workers: Int) async throws {
        let texts = (0..<100).map { "text-\($0)" }
        try await withWeir(routes: Self.routes(size: 10), workers: workers, answer: Embeddings.answering) { weir in
            let answers = try await Self.burst(texts, in: weir)
            for text in texts {
                let answer = try #require(answers[text])
                // A call's letters are divided evenly among its texts, which are about as many tokens each.
                #expect([6, 7].contains { answer.text == Embeddings.answer([text], tokens: $0) }, "\(answer.text)")
                #expect(answer["Cache-Status"] == "weir; fwd=uri-miss; stored")
            }
            #expect(try weir.calls.map(\.count) == [Int](repeating: 10, count: 10))
            #expect(try Set(weir.calls.flatMap { $0 }) == Set(texts))
            for text in texts.prefix(3) { #expect(try await weir.embed(text).isHit) }
            let metrics = await weir.proxy.snapshot().routes[0].metrics
            #expect(metrics.batches.calls == 10 && metrics.batches.items == 100)
            #expect(metrics.items(.fetched) == 100 && metrics.items(.found) == 3)
        }
    }

    @Test("one that nobody joins goes when it has waited")
    func wait() async throws {
        try await withWeir(routes: Self.routes(size: 10, wait: .milliseconds(1)), answer: Embeddings.answering) {
            weir in
            for text in ["a", "b"] {
                let answer = try await weir.embed(text)
                #expect(answer.text == Embeddings.answer([text]))
            }
            #expect(try weir.calls == [["a"], ["b"]])
            // As its client wrote it.
            #expect(weir.origin.requests[0].body.text == Embeddings.body("a"))
        }
    }

    @Test("what is critical does not wait, and lists as large as a batch do not either")
    func critical() async throws {
        try await withWeir(routes: Self.routes(size: 3), answer: Embeddings.answering) { weir in
            let critical = try await weir.embed("a", fields: "X-Weir-Priority: critical\r\n")
            #expect(critical.text == Embeddings.answer(["a"]))
            let large = try await weir.embed(["b", "c", "d", "e"])
            #expect(large.text == Embeddings.answer(["b", "c", "d", "e"]))
            #expect(try weir.calls == [["a"], ["b", "c", "d", "e"]])
        }
    }

    @Test("lists and single texts go together, less what is stored")
    func lists() async throws {
        try await withWeir(routes: Self.routes(size: 3), answer: Embeddings.answering) { weir in
            _ = try await weir.embed(["s", "t", "u"])
            async let list = weir.embed(["a", "s", "b"])
            async let single = weir.embed("c")
            let (first, second) = try await (list, single)
            #expect(first.text == Embeddings.answer(["a", "s", "b"]) && second.text == Embeddings.answer(["c"]))
            #expect(first["Cache-Status"] == #"weir; fwd=partial; stored; detail="1/3""#)
            #expect(try weir.calls.map { Set($0) } == [["s", "t", "u"], ["a", "b", "c"]])
        }
    }

    @Test(
        "only who would send the same request goes together",
        arguments: [
            ("X-Other: 1\r\n", ""), ("OpenAI-Organization: o\r\n", ""), ("", #","dimensions":8"#),
            ("", #","encoding_format":"base64""#), ("", #","new_option":1"#),
        ]
    )
    func groups(fields: String, members: String) async throws {
        try await withWeir(routes: Self.routes(size: 2), answer: Embeddings.answering) { weir in
            async let others = Self.burst(["c", "d"], in: weir, members: members, fields: fields)
            async let plain = Self.burst(["a", "b"], in: weir)
            _ = try await (others, plain)
            #expect(try Set(weir.calls.map { Set($0) }) == [["a", "b"], ["c", "d"]])
        }
    }

    @Test("credentials are kept apart where answers are shared, and tokens from texts")
    func credentials() async throws {
        let routes = Self.routes(size: 2) { $0.cache.scope = .shared }
        try await withWeir(routes: routes, answer: Embeddings.answering) { weir in
            async let others = Self.burst(["c", "d"], in: weir, fields: "api-key: z\r\n")
            async let plain = Self.burst(["a", "b"], in: weir)
            _ = try await (others, plain)
            #expect(try Set(weir.calls.map { Set($0) }) == [["a", "b"], ["c", "d"]])
        }
        let tokens = [1, 7].map { #"{"model":"m","input":[\#($0),2]}"# }
        try await withWeir(routes: Self.routes(size: 2)) { request, connection in
            let count = request.body.text.contains("[[") ? 2 : try Embeddings.inputs(request).count
            try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: Embeddings.answer([String](repeating: "x", count: count))
            )
        } _: { weir in
            async let first = weir.chat(tokens[0], path: Embeddings.path)
            async let second = weir.chat(tokens[1], path: Embeddings.path)
            async let texts = Self.burst(["a", "b"], in: weir)
            let answers = try await [first, second] + texts.values
            #expect(answers.map(\.status) == [200, 200, 200, 200])
            let bodies = weir.origin.requests.map(\.body.text)
            #expect(
                bodies.count == 2 && bodies.contains { $0.contains("[[1,2],[7,2]]") || $0.contains("[[7,2],[1,2]]") }
            )
        }
    }

    @Test("the one text that the provider refuses fails alone", arguments: [2, 8], [1, 4])
    func bad(size: Int, workers: Int) async throws {
        let texts = ["bad"] + (1..<size).map { "text-\($0)" }
        try await withWeir(routes: Self.routes(size: size), workers: workers, answer: Embeddings.answering) { weir in
            let answers = try await Self.burst(texts, in: weir)
            let bad = try #require(answers["bad"])
            #expect(bad.status == 400 && bad.text == #"{"error":{"message":"bad input"}}"#)
            for text in texts.dropFirst() {
                #expect(answers[text]?.text.contains(Embeddings.vector(text)) == true && answers[text]?.status == 200)
            }
            // Halves, until it is alone.
            let refused = try weir.calls.filter { $0.contains("bad") }.map(\.count)
            let halves = Array(sequence(first: size) { $0 > 1 ? $0 / 2 : nil })
            #expect(refused.sorted(by: >) == halves)
            #expect(try weir.calls.count == 2 * refused.count - 1)
        }
    }

    @Test("what fails for all is told to all", arguments: ["401 No", "404 No", "500 No"])
    func failing(status: String) async throws {
        try await withWeir(
            routes: Self.routes(size: 4),
            configure: { $0.upstreams[0].retry.attempts = 1 }
        ) { _, connection in
            try await connection.respond(status: status, body: "no")
        } _: { weir in
            let answers = try await Self.burst(["a", "b", "c", "d"], in: weir)
            for answer in answers.values { #expect(answer.text == "no" && "\(answer.status)" == status.prefix(3)) }
            #expect(answers.count == 4 && weir.origin.requests.count == 1)
        }
    }

    @Test("everybody pays for his own; a text that two have ordered is asked for once, and the first pays")
    func costs() async throws {
        let routes = Priced.routes(user: 100).map { route in
            var route = route
            route.cache.scope = .user
            route.batch = BatchSettings(size: 3, wait: .hours(1))
            return route
        }
        try await withWeir(
            routes: routes,
            configure: { $0.prices = Priced.prices },
            answer: Embeddings.answering
        ) { weir in
            async let ada = weir.embed("aaaa", fields: "X-User-Id: ada\r\n")
            async let bob = weir.embed(["aaaa", "bb"], fields: "X-User-Id: bob\r\n")
            let answers = try await [ada, bob]
            #expect(answers.map(\.status) == [200, 200])
            #expect(try weir.calls.map { Set($0) } == [["aaaa", "bb"]])
            // Six letters, half a dollar each.
            let spent = try answers.map { try #require(Double($0.cost ?? "")) }
            #expect(spent.reduce(0, +) == 3 && (spent == [1.5, 1.5] || spent == [0, 3]), "\(spent)")
            let rows = await weir.proxy.snapshot().totals.spending.users.rows
            #expect(await weir.spending().spent == "3.00")
            #expect(rows["ada"]?.spent.cost.dollars ?? "0.00" == (spent[0] == 0 ? "0.00" : "1.50"))
            #expect(try await weir.embed("aaaa", fields: "X-User-Id: ada\r\n").isHit)
        }
    }

    @Test("who has left before his batch goes is not asked for")
    func left() async throws {
        try await withWeir(routes: Self.routes(size: 2), answer: Embeddings.answering) { weir in
            try await withRawClient(port: weir.port) { leaving in
                try await Self.ask("gone", leaving)
                try await weir.wait(for: "the order") { $0.flights.flights == 1 }
                await leaving.close()
                try await weir.wait(for: "the client to leave") { $0.routes[0].metrics.aborted == 1 }
            }
            #expect(try await weir.embed("a").text == Embeddings.answer(["a"]))
            #expect(try weir.calls == [["a"]])
            #expect(await weir.proxy.snapshot().flights.flights == 0)
        }
    }

    /// A request that has been sent, and whose client waits.
    private static func ask(_ text: String, _ client: RawClient) async throws {
        let body = Embeddings.body(text)
        try await client.send(
            "POST \(Embeddings.path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        )
    }

    @Test("who has joined one that leaves gets his answer, where a fallback is configured too")
    func leaderLeft() async throws {
        let routes = Self.routes(size: 2) { $0.fallback = FallbackSettings(upstream: "other") }
        try await withTwoUpstreams(
            routes: routes,
            first: answering(Embeddings.answering),
            other: answering(Embeddings.answering)
        ) { weir, _ in
            try await withRawClient(port: weir.port) { leader in
                try await Self.ask("shared", leader)
                try await weir.wait(for: "the order") { $0.flights.flights == 1 }
                async let follower = weir.embed("shared")
                try await weir.waitForFollowers(1)
                await leader.close()
                try await weir.wait(for: "the client to leave") { $0.routes[0].metrics.aborted == 1 }
                let other = try await weir.embed("other")
                #expect(other.status == 200)
                #expect(try await follower.text.contains(Embeddings.vector("shared")))
            }
        }
    }

    @Test("who leaves while his batch is refused keeps nobody waiting")
    func leftAmidDivision() async throws {
        let gate = Gate()
        try await withWeir(routes: Self.routes(size: 2)) { request, connection in
            if try Embeddings.inputs(request).contains("bad") { try await gate.wait() }
            try await Embeddings.answering(request, connection)
        } _: { weir in
            try await withRawClient(port: weir.port) { leaving in
                try await Self.ask("left", leaving)
                try await weir.wait(for: "the order") { $0.flights.flights == 1 }
                async let bad = weir.embed("bad")
                try await weir.origin.waitForRequests(count: 1)
                await leaving.close()
                try await weir.wait(for: "the client to leave") { $0.routes[0].metrics.aborted == 1 }
                gate.open()
                #expect(try await bad.status == 400)
            }
            try await weir.wait(for: "all flights to end") { $0.flights.flights == 0 }
            let answer = try await weir.embed("left", fields: "X-Weir-Priority: critical\r\n")
            #expect(answer.text == Embeddings.answer(["left"]))
        }
    }

    @Test("what is critical does not wait for what waits, and goes with none that matters less")
    func priorities() async throws {
        try await withWeir(routes: Self.routes(size: 3), answer: Embeddings.answering) { weir in
            async let waiting = weir.embed("a")
            async let bulk = weir.embed("b", fields: "X-Weir-Priority: bulk\r\n")
            try await weir.wait(for: "the orders") { $0.flights.flights == 2 }
            let critical = try await weir.embed("a", fields: "X-Weir-Priority: critical\r\n")
            #expect(critical.text == Embeddings.answer(["a"]))
            #expect(try await waiting.text == critical.text)
            #expect(try weir.calls == [["a"]])
            let list = try await weir.embed(["c", "b"], fields: "X-Weir-Priority: critical\r\n")
            #expect(list.text == Embeddings.answer(["c", "b"]))
            #expect(try await bulk.status == 200)
            #expect(try weir.calls.map { Set($0) }.count == 3)
        }
    }

    @Test("a call for several says nothing of who asks for each")
    func anonymous() async throws {
        try await withWeir(routes: Self.routes(size: 2), answer: Embeddings.answering) { weir in
            async let first = weir.embed("a", members: #","user":"ada""#)
            async let second = weir.embed("b", members: #","user":"bob""#)
            #expect(try await [first, second].map(\.status) == [200, 200])
            #expect(try weir.calls.map { Set($0) } == [["a", "b"]])
            let body = try #require(weir.origin.requests.first).body.text
            #expect(!body.contains("ada") && !body.contains("bob") && body.contains(#""model":"m""#))
        }
    }

    @Test("switched off, everybody asks for himself")
    func off() async throws {
        let routes = Self.routes(size: 2) { $0.features.batching = false }
        try await withWeir(routes: routes, answer: Embeddings.answering) { weir in
            let answer = try await weir.embed("a")
            #expect(answer.text == Embeddings.answer(["a"]))
        }
    }
}
