import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirLedger
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// `mode: persona`: what is never stored, for how long the rest is, and how it goes.
@Suite struct PersonaStoringTests {
    struct Unstorable: Sendable, CustomTestStringConvertible {
        var name: String
        var status = "200 OK"
        var body: String
        var type = "application/json"
        var testDescription: String { name }
    }

    private static func cut(_ events: [String]) -> String { events.joined() }

    @Test(
        "answers that are never stored pass as they are",
        arguments: [
            Unstorable(name: "an error", status: "400 Bad Request", body: #"{"error":{"message":"what?"}}"#),
            Unstorable(name: "another success", status: "201 Created", body: Chat.answer()),
            Unstorable(name: "length", body: Chat.answer(finish: "length")),
            Unstorable(name: "content_filter", body: Chat.answer(finish: "content_filter")),
            Unstorable(
                name: "tool calls",
                body: Chat.answer(finish: "tool_calls", message: #","tool_calls":[{"id":"t"}]"#)
            ),
            Unstorable(name: "a forced tool call", body: Chat.answer(message: #","tool_calls":[{"id":"t"}]"#)),
            Unstorable(name: "a refusal", body: Chat.answer(message: #","refusal":"no""#)),
            Unstorable(name: "no JSON", body: "<html>"),
            Unstorable(
                name: "a stream without its end",
                body: cut(Chat.events(hasUsage: true).dropLast()),
                type: "text/event-stream"
            ),
            Unstorable(
                name: "a stream with an error",
                body: "data: {\"error\":{\"message\":\"x\"}}\n\n" + Chat.stream(hasUsage: true),
                type: "text/event-stream"
            ),
            Unstorable(
                name: "a stream cut by length",
                body: cut(Chat.events(finish: "length", hasUsage: true)),
                type: "text/event-stream; charset=utf-8"
            ),
        ]
    )
    func unstorable(row: Unstorable) async throws {
        try await withWeir(routes: Chat.routes()) { _, connection in
            try await connection.respond(status: row.status, fields: "Content-Type: \(row.type)\r\n", body: row.body)
        } _: { weir in
            for _ in 0..<2 {
                let response = try await weir.chat()
                #expect(response.head.startWords[1] == row.status.prefix(3) && response.text == row.body)
            }
            #expect(weir.proxy.store.statistics.insertions == 0 && weir.origin.requests.count == 2)
        }
    }

    @Test("an answer cut off on the wire is not stored, and its readers can tell")
    func cutOff() async throws {
        try await withWeir(routes: Chat.routes()) { connection in
            try await connection.expectRequest()
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            // The whole answer, but not the end of the body.
            try await connection.send(chunk: Chat.stream(hasUsage: true))
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let body = Chat.request("hi", members: #","stream":true"#)
                try await client.send(
                    "POST \(Chat.path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                _ = try await client.wire.readHead()
                let (bytes, _) = try await client.wire.readToEnd()
                #expect(!String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n"))
            }
            #expect(weir.proxy.store.statistics.insertions == 0)
        }
    }

    @Test("a route may allow more reasons to finish")
    func allowedReasons() async throws {
        try await withWeir(routes: Chat.routes { $0.cache.storedFinishReasons = ["stop", "length"] }) { _, connection in
            try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: Chat.answer(finish: "length")
            )
        } _: { weir in
            _ = try await weir.chat()
            #expect(try await weir.chat().isHit)
        }
    }

    @Test(
        "requests that no body identifies go past the cache, and why",
        arguments: [
            (
                "/v1/responses", #"{"model":"m","input":"hi","previous_response_id":"r"}"#,
                "weir; fwd=bypass; detail=stateful"
            ),
            ("/v1/responses", #"{"model":"m","input":"hi","background":true}"#, "weir; fwd=bypass; detail=background"),
            (Chat.path, #"{"model":"m","model":"m","messages":[]}"#, "weir; fwd=bypass; detail=repeated-member"),
            (Chat.path, "no JSON", "weir; fwd=bypass; detail=invalid-json"),
            (Chat.path, "", "weir; fwd=bypass; detail=invalid-json"),
            ("/v1/files", "{}", "weir; fwd=bypass; detail=endpoint"),
        ]
    )
    func bypassed(path: String, body: String, status: String) async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            for _ in 0..<2 {
                let response = try await weir.chat(body, path: path)
                #expect(response.text == Chat.answer() && response["Cache-Status"] == status)
            }
            #expect(weir.origin.requests.map(\.body.text) == [body, body])
        }
    }

    @Test(
        "no-store passes by, no-cache fetches and replaces, max-age takes what is young enough, only-if-cached none else"
    )
    func clientDirectives() async throws {
        let answers = Watched(0)
        try await withWeir(routes: Chat.routes()) { _, connection in
            let count = answers.update { count in
                count += 1
                return count
            }
            try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: Chat.answer("answer \(count)")
            )
        } _: { weir in
            func ask(_ directive: String) async throws -> ReceivedResponse {
                let control = directive.isEmpty ? "" : "Cache-Control: \(directive)\r\n"
                return try await weir.chat(fields: control)
            }
            let missing = try await ask("only-if-cached")
            #expect(missing.status == 504)
            #expect(try missing.error().code == "not_cached")
            #expect(try await ask("").text.contains("answer 1"))
            #expect(try await ask("").text.contains("answer 1"))
            let passed = try await ask("no-store")
            #expect(passed.text.contains("answer 2") && passed["Cache-Status"] == "weir; fwd=request; detail=no-store")
            #expect(try await ask("").text.contains("answer 1"))
            let replaced = try await ask("no-cache")
            #expect(replaced.text.contains("answer 3"))
            #expect(replaced["Cache-Status"] == "weir; fwd=request; fwd-status=200; stored")
            #expect(try await ask("").text.contains("answer 3"))
            weir.clock.advance(by: .seconds(100))
            #expect(try await ask("max-age=100").text.contains("answer 3"))
            #expect(try await ask("max-age=99").text.contains("answer 4"))
            #expect(try await ask("only-if-cached").text.contains("answer 4"))
        }
    }

    @Test("the lifetime falls with the persona, and the request may ask for another up to the route's bound")
    func lifetime() async throws {
        let routes = Chat.routes {
            $0.cache.ttl = .seconds(1000)
            $0.cache.personalisedTTL = .seconds(500)
            $0.cache.maxTTL = .seconds(2000)
        }
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            let rows: [(fields: String, lifetime: Int)] = [
                ("", 1000), ("X-Persona-Learning-Style: visual\r\n", 900),
                ("X-Persona-Learning-Style: visual\r\nX-Persona-Interests: a\r\n", 800),
                ("X-Persona-Interests: b\r\nX-Weir-TTL: 30\r\n", 30),
                ("X-Persona-Interests: c\r\nX-Weir-TTL: 20m\r\n", 1200),
                ("X-Persona-Interests: d\r\nX-Weir-TTL: 7d\r\n", 2000),
                ("X-Persona-Interests: e\r\nX-Weir-TTL: soon\r\n", 900),
            ]
            for row in rows {
                _ = try await weir.chat(fields: row.fields)
                #expect(try await weir.chat(fields: row.fields)["Cache-Status"] == "weir; hit; ttl=\(row.lifetime)")
            }
            for request in weir.origin.requests {
                #expect(!request.head.fields.contains { $0.name.hasPrefix("X-Persona") || $0.name.hasPrefix("X-Weir") })
            }
        }
    }

    @Test("an expired answer stands in while the provider fails")
    func staleIfError() async throws {
        let isFailing = Watched(false)
        try await withWeir(routes: Chat.routes { $0.cache.ttl = .seconds(60) }) { request, connection in
            if isFailing.value { return try await connection.respond(status: "503 Busy", body: "busy") }
            try await Chat.answering(request, connection)
        } _: { weir in
            _ = try await weir.chat()
            isFailing.update { $0 = true }
            weir.clock.advance(by: .seconds(61))
            let stale = try await weir.chat()
            #expect(stale.status == 200 && stale.text == Chat.answer())
            #expect(stale["Cache-Status"] == "weir; fwd=stale; fwd-status=503; ttl=-1; detail=stale-if-error")
            #expect(try await weir.chat(Chat.request("other")).status == 503)
        }
    }

    @Test("a stale answer is refreshed behind its readers, also where calls without readers are cancelled")
    func staleWhileRevalidate() async throws {
        let answers = Watched(0)
        let routes = Chat.routes {
            $0.cache.ttl = .seconds(60)
            $0.cache.staleWhileRevalidate = .seconds(60)
            $0.cache.finish = .cancel
        }
        try await withWeir(routes: routes) { _, connection in
            let count = answers.update { count in
                count += 1
                return count
            }
            try await connection.respond(fields: "Content-Type: application/json\r\n", body: Chat.answer("\(count)"))
        } _: { weir in
            #expect(try await weir.chat().text == Chat.answer("1"))
            weir.clock.advance(by: .seconds(61))
            let stale = try await weir.chat()
            #expect(stale.text == Chat.answer("1") && stale["Cache-Status"] == "weir; hit; ttl=-1")
            try await weir.wait(for: "the new answer to be stored") { $0.store.insertions == 2 }
            #expect(try await weir.chat().text == Chat.answer("2"))
        }
    }

    @Test("a purge by user, persona or tag takes exactly what it names, however many tags the client adds")
    func purges() async throws {
        let many = "X-Weir-Tags: " + (0..<100).map { "t\($0)" }.joined(separator: ",") + "\r\n"
        let rows = [
            ("user:alice", "X-User-Id: alice\r\n" + many),
            ("persona:learning_style=visual", "X-Persona-Learning-Style: visual\r\n" + many),
            ("persona:interests=art", "X-Persona-Interests: music,art\r\n"),
            ("mine", "X-Persona-Content-Density: high\r\nX-Weir-Tags: mine\r\n"),
        ]
        try await withWeir(routes: Chat.routes { $0.cache.tags = ["ai"] }, answer: Chat.answering) { weir in
            for (_, fields) in rows { _ = try await weir.chat(fields: fields) }
            #expect(weir.proxy.store.statistics.entries == rows.count)
            #expect(weir.proxy.purge(.tags(["user:bob"])) == 0)
            for (tag, fields) in rows {
                #expect(weir.proxy.purge(.tags([tag])) == 1)
                #expect(try await weir.chat(fields: fields).isHit == false)
            }
            #expect(weir.proxy.purge(.tags(["ai"])) == rows.count)
        }
    }

    @Test("persona and user go upstream only where the route says so", arguments: [true, false])
    func forwardPersona(forwards: Bool) async throws {
        try await withWeir(routes: Chat.routes { $0.forwardPersona = forwards }, answer: Chat.answering) { weir in
            _ = try await weir.chat(fields: "X-User-Id: u\r\nX-Persona-Interests: a\r\nX-Weir-TTL: 9\r\nX-Other: o\r\n")
            let seen = weir.origin.requests[0]
            #expect(seen["X-User-Id"] == (forwards ? "u" : nil))
            #expect(seen["X-Persona-Interests"] == (forwards ? "a" : nil))
            #expect(seen["X-Weir-TTL"] == nil && seen["X-Other"] == "o")
        }
    }

    @Test("a body over max_keyed_body passes byte for byte, uncached and counted", arguments: [true, false])
    func maxKeyedBody(isDeclared: Bool) async throws {
        let body = Chat.request(String(repeating: "x", count: 100_000))
        let routes = Chat.routes {
            $0.maxKeyedBody = 1000
            $0.maxBody = 200_000
        }
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            for calls in 1...2 {
                try await withRawClient(port: weir.port) { client in
                    let framing =
                        isDeclared
                        ? "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                        : "Transfer-Encoding: chunked\r\n\r\n"
                            + "3e7\r\n\(body.prefix(999))\r\n2\r\n\(body.dropFirst(999).prefix(2))\r\n"
                            + "\(String(body.utf8.count - 1001, radix: 16))\r\n\(body.dropFirst(1001))\r\n0\r\n\r\n"
                    try await client.send(
                        "POST \(Chat.path) HTTP/1.1\r\nHost: a\r\nX-User-Id: u\r\n\(framing)"
                    )
                    let response = try await client.response(to: "POST")
                    #expect(response.status == 200 && response.text == Chat.answer())
                    #expect(response["Cache-Status"] == "weir; fwd=bypass; detail=too-large")
                    let seen = weir.origin.requests[2 * (calls - 1)]
                    #expect(seen.body.text == body && seen["X-User-Id"] == nil)
                    #expect((seen["Content-Length"] != nil) == isDeclared)
                    // The connection is good for another.
                    let next = try await client.request("POST", Chat.path, body: Chat.request("n\(calls)"))
                    #expect(next.status == 200 && !next.isHit)
                    _ = try await client.request("POST", Chat.path, body: Chat.request("n\(calls)"))
                }
                try await weir.origin.waitForRequests(count: 2 * calls)
            }
            let spent = await weir.proxy.snapshot().totals.spending
            #expect(spent.models.rows["m"]?.spent.tokens.calls == 4)
        }
    }

    @Test("a body over max_body is refused, though none is read whole", arguments: [true, false])
    func maxBody(isDeclared: Bool) async throws {
        let routes = Chat.routes {
            $0.maxKeyedBody = 5
            $0.maxBody = 10
        }
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            try await withRawClient(port: weir.port) { client in
                let framing = isDeclared ? "Content-Length: 11\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\nb\r\n"
                try await client.send("POST \(Chat.path) HTTP/1.1\r\nHost: a\r\n\(framing)01234567890")
                let response = try await client.response()
                #expect(response.status == 413 && response["Connection"] == "close")
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(weir.origin.requests.isEmpty)
        }
    }

    @Test(
        "a hundred identical questions are one call; who leaves has paid for it, or not",
        arguments: ["paid", "cancel"]
    )
    func flights(finish: String) async throws {
        let gate = Gate()
        let ended = Gate()
        let routes = Chat.routes { $0.cache.finish = finish == "paid" ? .paid : .cancel }
        try await withWeir(routes: routes) { connection in
            try await connection.expectRequest()
            if finish == "cancel" {
                _ = try? await connection.wire.readToEnd()
                return ended.open()
            }
            try await gate.wait()
            try await connection.respond(fields: "Content-Type: application/json\r\n", body: Chat.answer())
        } _: { weir in
            var clients: [RawClient] = []
            for _ in 0..<100 {
                let client = try await RawClient.connect(port: weir.port)
                try await client.send(
                    "POST \(Chat.path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(Chat.body.utf8.count)\r\n\r\n\(Chat.body)"
                )
                clients.append(client)
            }
            try await weir.waitForFollowers(99)
            for client in clients { await client.close() }
            if finish == "cancel" { return try await ended.wait() }
            try await weir.wait(for: "all to leave") { $0.routes[0].metrics.aborted == 100 }
            gate.open()
            try await weir.wait(for: "the answer to be stored") { $0.store.entries == 1 }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test(
        "embeddings and moderations are kept whole",
        arguments: [
            (
                "/v1/embeddings", #"{"model":"e","input":"hi"}"#,
                #"{"object":"list","data":[{"index":0,"embedding":[0.5]}],"usage":{"prompt_tokens":1,"total_tokens":1}}"#
            ),
            ("/v1/moderations", #"{"input":"hi"}"#, #"{"id":"m","results":[{"flagged":false,"categories":{}}]}"#),
        ]
    )
    func otherEndpoints(path: String, body: String, answer: String) async throws {
        try await withWeir(routes: Chat.routes()) { _, connection in
            try await connection.respond(fields: "Content-Type: application/json\r\n", body: answer)
        } _: { weir in
            #expect(try await weir.chat(body, path: path).isHit == false)
            let hit = try await weir.chat(body, path: path)
            #expect(hit.isHit && hit.text == answer)
        }
    }
}
