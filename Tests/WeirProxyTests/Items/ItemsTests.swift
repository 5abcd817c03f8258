import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Requests for several items, each of which is looked up, fetched and stored by itself.
@Suite struct ItemsTests {
    private static let texts = (0..<100).map { "text-\($0)" }

    @Test("of 100 inputs of which 80 are stored, 20 are asked for, and the answer is in order")
    func partial() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            let texts = Self.texts
            let stored = texts.indices.filter { $0 % 5 != 3 }.map { texts[$0] }
            let first = try await weir.embed(Array(stored.reversed()))
            #expect(first["Cache-Status"] == "weir; fwd=uri-miss; stored")
            let second = try await weir.embed(texts)
            #expect(second["Cache-Status"] == #"weir; fwd=partial; stored; detail="80/100""#)
            #expect(second.text == Embeddings.answer(texts) && second["Age"] == "0")
            #expect(try weir.calls == [stored.reversed(), texts.indices.filter { $0 % 5 == 3 }.map { texts[$0] }])
            let third = try await weir.embed(texts.reversed())
            #expect(third["Cache-Status"] == "weir; hit; ttl=86400" && third["Content-Type"] == "application/json")
            #expect(third.text == Embeddings.answer(texts.reversed()) && third["X-Request-Id"] != "r")
            let items = await weir.proxy.snapshot().routes[0].metrics
            #expect([.found, .fetched, .collapsed].map { items.items($0) } == [180, 100, 0])
            #expect(items.lookups(.hit) == 1 && items.lookups(.miss) == 2)
        }
    }

    @Test("one text alone and the same among others have one entry")
    func alone() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            _ = try await weir.embed("a")
            #expect(try await weir.embed(["b", "a"]).text == Embeddings.answer(["b", "a"]))
            let hit = try await weir.embed("b")
            #expect(hit.isHit && hit.text == Embeddings.answer(["b"]))
            #expect(try await weir.embed(["a"]).isHit)
            #expect(try weir.calls == [["a"], ["b"]])
        }
    }

    @Test("what a request names twice is asked for once")
    func twice() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            let answer = try await weir.embed(["a", "b", "a", "a"])
            #expect(answer.text == Embeddings.answer(["a", "b", "a", "a"]))
            #expect(try weir.calls == [["a", "b"]])
        }
    }

    @Test("forms and options are kept apart")
    func options() async throws {
        let base64 = #","encoding_format":"base64""#
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            #expect(try await weir.embed(["a", "b"]).text == Embeddings.answer(["a", "b"]))
            #expect(
                try await weir.embed(["a", "b"], members: base64).text == Embeddings.answer(["a", "b"], isBase64: true)
            )
            #expect(try await weir.embed(["b"], members: base64).isHit)
            _ = try await weir.embed(["a", "b"], members: #","dimensions":4"#)
            _ = try await weir.embed(["a", "b"], fields: "X-Weir-Namespace: n\r\n")
            _ = try await weir.embed(["a", "b"], fields: "X-Persona-Learning-Style: visual\r\n")
            #expect(weir.origin.requests.count == 5)
        }
    }

    @Test(
        "nobody gets an item that another credential has paid for, unless the route says so",
        arguments: [true, false]
    )
    func tenants(isShared: Bool) async throws {
        try await withWeir(routes: Chat.routes { $0.cache.scope = isShared ? .shared : .credential }) {
            request,
            connection in
            try await Embeddings.answering(request, connection)
        } _: { weir in
            for credential in ["a", "b"] {
                let answer = try await weir.chat(
                    Embeddings.body(["x", "y"]),
                    fields: "Authorization: Bearer \(credential)\r\n",
                    path: Embeddings.path
                )
                #expect(answer.isHit == (isShared && credential == "b"))
            }
            #expect(weir.origin.requests.compactMap { $0.head["Authorization"] }.first == "Bearer a")
            #expect(weir.origin.requests.count == (isShared ? 1 : 2))
        }
    }

    @Test("the upstream is asked in the client's own words but for what is stored")
    func words() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            let body = #"{ "user":"ada","input" : ["a" ,"b"],"model":"m"}"#
            _ = try await weir.chat(body, path: Embeddings.path)
            #expect(weir.origin.requests.last?.body.text == body)
            _ = try await weir.chat(body.replacing("\"b\"", with: "\"c\""), path: Embeddings.path)
            #expect(weir.origin.requests.last?.body.text == #"{ "user":"ada","input" : ["c"],"model":"m"}"#)
        }
    }

    @Test("items that others are fetching are waited for", arguments: [1, 2])
    func shared(workers: Int) async throws {
        let gate = Gate()
        try await withWeir(routes: Chat.routes(), workers: workers) { request, connection in
            try await gate.wait()
            try await Embeddings.answering(request, connection)
        } _: { weir in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let answer = try await weir.embed("a")
                    #expect(answer.text == Embeddings.answer(["a"]))
                }
                try await weir.origin.waitForRequests(count: 1)
                group.addTask {
                    let answer = try await weir.embed(["b", "a", "c"])
                    #expect(answer.text == Embeddings.answer(["b", "a", "c"]))
                }
                try await weir.origin.waitForRequests(count: 2)
                group.addTask {
                    let answer = try await weir.embed(["c", "b"])
                    #expect(answer.text == Embeddings.answer(["c", "b"]))
                    #expect(answer["Cache-Status"] == "weir; fwd=uri-miss; collapsed")
                }
                group.addTask {
                    let answer = try await weir.embed("b")
                    #expect(answer.text == Embeddings.answer(["b"]))
                }
                try await weir.waitForFollowers(4)
                gate.open()
                try await group.waitForAll()
            }
            #expect(try weir.calls == [["a"], ["b", "c"]])
        }
    }

    @Test("an error of the upstream's goes to the client as it is, and nothing is stored of it")
    func failing() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            _ = try await weir.embed(["a"])
            let answer = try await weir.embed(["a", "bad", "b"])
            #expect(answer.status == 400 && answer.text == #"{"error":{"message":"bad input"}}"#)
            #expect(answer["X-Upstream-Request-Id"] == nil && answer["Cache-Status"]?.contains("stored") == false)
            #expect(try await weir.embed(["a", "b"]).text == Embeddings.answer(["a", "b"]))
            #expect(try weir.calls == [["a"], ["bad", "b"], ["b"]])
        }
    }

    @Test("stale items stand in where the upstream fails, but not for those that were never there")
    func staleIfError() async throws {
        let isDown = Gate()
        try await withWeir(routes: Chat.routes(), configure: { $0.upstreams[0].retry.attempts = 1 }) {
            request,
            connection in
            if isDown.isOpen { return try await connection.respond(status: "500 No", body: "no") }
            try await Embeddings.answering(request, connection)
        } _: { weir in
            _ = try await weir.embed(["a", "b"])
            weir.clock.advance(by: .hours(25))
            isDown.open()
            let stale = try await weir.embed(["b", "a"])
            #expect(stale.status == 200 && stale.text == Embeddings.answer(["b", "a"]))
            #expect(stale["Cache-Status"] == "weir; fwd=stale; fwd-status=500; ttl=-3600; detail=stale-if-error")
            let failed = try await weir.embed(["a", "new"])
            #expect(failed.status == 500 && failed.text == "no")
            #expect(await weir.proxy.snapshot().routes[0].metrics.lookups(.stale) == 1)
        }
    }

    @Test("requests' own terms hold for items as for whole answers")
    func directives() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            #expect(try await weir.embed(["a", "b"], fields: "Cache-Control: only-if-cached\r\n").status == 504)
            _ = try await weir.embed(["a", "b"], fields: "Cache-Control: no-store\r\n")
            #expect(await weir.proxy.snapshot().store.entries == 0)
            _ = try await weir.embed(["a", "b"])
            let again = try await weir.embed(["a", "b"], fields: "Cache-Control: no-cache\r\n")
            #expect(again["Cache-Status"] == "weir; fwd=request; stored")
            #expect(try await weir.embed(["a", "b"], fields: "Cache-Control: only-if-cached\r\n").isHit)
            #expect(try await weir.embed(["a", "c"], fields: "Cache-Control: only-if-cached\r\n").status == 504)
            #expect(weir.origin.requests.count == 3)
        }
    }

    @Test("items are purged by the tags of those who asked for them")
    func purge() async throws {
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            _ = try await weir.embed(["a", "b"], fields: "X-User-Id: ada\r\nX-Weir-Tags: course:1\r\n")
            _ = try await weir.embed(["b", "c"], fields: "X-User-Id: bob\r\n")
            #expect(weir.proxy.shared.purge(.tags(["user:bob"])) == 1)
            #expect(weir.proxy.shared.purge(.tags(["course:1"])) == 2)
            #expect(await weir.proxy.snapshot().store.entries == 0)
        }
    }

    @Test("each item is measured by itself, the whole answer is not")
    func large() async throws {
        let texts = (0..<20).map { String(repeating: "x", count: 100) + "\($0)" }
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.cache.maxObject = 2_048 },
            answer: Embeddings.answering
        ) {
            weir in
            _ = try await weir.embed(texts)
            let hit = try await weir.embed(texts)
            #expect(hit.isHit && hit.text == Embeddings.answer(texts) && hit.text.utf8.count > 10_000)
        }
    }

    @Test("what has more tokens than the API takes is asked for in several calls")
    func tokens() async throws {
        let long = (0..<7).map { "\($0)" + String(repeating: " word", count: 60_000) }
        try await withWeir(routes: Chat.routes(), answer: Embeddings.answering) { weir in
            let answer = try await weir.embed(long)
            #expect(answer.text == Embeddings.answer(long))
            #expect(try weir.calls.map(\.count).sorted() == [3, 4])
        }
    }

    @Test("an answer that is no list of items goes to the client as it is, for the whole")
    func unreadable() async throws {
        try await withWeir(routes: Chat.routes()) { _, connection in
            try await connection.respond(fields: "Content-Type: application/json\r\n", body: #"{"vectors":[[1],[2]]}"#)
        } _: { weir in
            for _ in 0..<2 {
                let answer = try await weir.embed(["a", "b"])
                #expect(answer.text == #"{"vectors":[[1],[2]]}"#)
                #expect(answer["Cache-Status"] == "weir; fwd=bypass; detail=items")
            }
            // It is not tried again for a while.
            #expect(weir.origin.requests.count == 3)
        }
    }

    @Test("who leaves does not keep the others from theirs")
    func leaving() async throws {
        let gate = Gate()
        try await withWeir(routes: Chat.routes()) { request, connection in
            try await gate.wait()
            try await Embeddings.answering(request, connection)
        } _: { weir in
            try await withRawClient(port: weir.port) { leader in
                try await leader.send(
                    "POST \(Embeddings.path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\n"
                        + "Content-Length: \(Embeddings.body(["a", "b"]).utf8.count)\r\n\r\n"
                        + Embeddings.body(["a", "b"])
                )
                try await weir.origin.waitForRequests(count: 1)
                async let follower = weir.embed(["b", "a"])
                try await weir.waitForFollowers(2)
                await leader.close()
                try await weir.wait(for: "the leader to leave") { $0.routes[0].metrics.aborted == 1 }
                gate.open()
                #expect(try await follower.text == Embeddings.answer(["b", "a"]))
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("multi-modal moderations stay whole")
    func moderations() async throws {
        let parts = #"{"input":[{"type":"text","text":"a"}]}"#
        try await withWeir(routes: Chat.routes()) { request, connection in
            let count = request.body.text.contains("type") ? 1 : try Embeddings.inputs(request).count
            let results = [String](repeating: #"{"flagged":false,"categories":{}}"#, count: count)
            try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: #"{"id":"m","model":"o","results":[\#(results.joined(separator: ","))]}"#
            )
        } _: { weir in
            for _ in 0..<2 { _ = try await weir.chat(parts, path: "/v1/moderations") }
            #expect(weir.origin.requests.count == 1)
            for inputs in [["a", "b"], ["b", "c", "a"]] {
                let answer = try await weir.chat(Embeddings.body(inputs), path: "/v1/moderations")
                #expect(answer.text.split(separator: "flagged").count == inputs.count + 1)
            }
            #expect(try Embeddings.inputs(weir.origin.requests[2]) == ["c"])
        }
    }
}
