import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirLedger
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// `mode: persona` over real sockets: what shares an answer, in which shape, for how long.
@Suite struct PersonaCacheTests {
    struct Variation: Sendable, CustomTestStringConvertible {
        var name: String
        var fields = "Authorization: Bearer a\r\n"
        var body = Chat.body
        var path = Chat.path
        var testDescription: String { name }

        init(_ name: String, fields: String? = nil, body: String = Chat.body, path: String = Chat.path) {
            self.name = name
            if let fields { self.fields = fields }
            self.body = body
            self.path = path
        }
    }

    private static let credential = "Authorization: Bearer a\r\n"

    @Test(
        "requests that differ in this get answers of their own",
        arguments: [
            Variation("the text", body: Chat.request("Hi")),
            Variation("white space in the text", body: Chat.request("hi ")),
            Variation("the model", body: Chat.body.replacing("\"m\"", with: "\"n\"")),
            Variation("an unknown member", body: Chat.request("hi", members: ",\"top_k\":1")),
            Variation("the credential", fields: "Authorization: Bearer b\r\n"),
            Variation("no credential", fields: ""),
            Variation("another kind of credential", fields: "api-key: Bearer a\r\n"),
            Variation("a field that is nobody's standard", fields: credential + "X-Goog-Api-Key: k\r\n"),
            Variation("another one of the same value", fields: credential + "X-Auth-Token: k\r\n"),
            Variation("the organisation", fields: credential + "OpenAI-Organization: o\r\n"),
            Variation("the project", fields: credential + "OpenAI-Project: p\r\n"),
            Variation("the namespace", fields: credential + "X-Weir-Namespace: n\r\n"),
            Variation("the path", path: "/v1/beta/chat/completions"),
            Variation("the query", path: Chat.path + "?v=1"),
            Variation("an empty query", path: Chat.path + "?"),
            Variation("experience", fields: credential + "X-Persona-Experience-Level: novice\r\n"),
            Variation("learning style", fields: credential + "X-Persona-Learning-Style: visual\r\n"),
            Variation("tone", fields: credential + "X-Persona-Communication-Tone: warm\r\n"),
            Variation("density", fields: credential + "X-Persona-Content-Density: high\r\n"),
            Variation("interests", fields: credential + "X-Persona-Interests: music\r\n"),
            Variation(
                "a persona in the body",
                body: Chat.request("hi", members: #","metadata":{"learning_style":"visual"}"#)
            ),
        ]
    )
    func separates(row: Variation) async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            #expect(try await weir.chat().isHit == false)
            let own = try await weir.chat(row.body, fields: row.fields, path: row.path)
            #expect(own.status == 200 && own["Cache-Status"] == "weir; fwd=uri-miss; stored")
            #expect(try await weir.chat(row.body, fields: row.fields, path: row.path).isHit)
            #expect(try await weir.chat().isHit)
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test(
        "requests that differ in nothing but this share an answer",
        arguments: [
            Variation("the user", body: Chat.request("hi", members: #","user":"bob""#)),
            Variation("the user's field", fields: credential + "X-User-Id: bob\r\n"),
            Variation("metadata", body: Chat.request("hi", members: #","metadata":{"x":"y"}"#)),
            Variation("safety_identifier", body: Chat.request("hi", members: #","safety_identifier":"x""#)),
            Variation("prompt_cache_key", body: Chat.request("hi", members: #","prompt_cache_key":"x""#)),
            Variation("prompt_cache_retention", body: Chat.request("hi", members: #","prompt_cache_retention":"24h""#)),
            Variation("stream: false", body: Chat.request("hi", members: #","stream":false"#)),
            Variation("white space", body: "  " + Chat.body.replacing(":", with: " : ") + "\n"),
            Variation("escapes", body: Chat.request(#"\u0068i"#)),
            Variation("a cookie of the provider's front end", fields: credential + "Cookie: __cf_bm=1\r\n"),
            Variation("another field", fields: credential + "X-Thing: 1\r\nUser-Agent: two\r\n"),
        ]
    )
    func shares(row: Variation) async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            #expect(try await weir.chat().isHit == false)
            let shared = try await weir.chat(row.body, fields: row.fields)
            #expect(shared.isHit && shared.text == Chat.answer())
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("one persona is one persona, wherever it is read from and however its interests are ordered")
    func samePersona() async throws {
        let style = "X-Persona-Learning-Style: visual\r\nX-Persona-Interests: music, art,music\r\n"
        let metadata = #","metadata":{"learning_style":"visual","interests":["art","music"]}"#
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.credential + style)
            #expect(!first.isHit)
            #expect(try await weir.chat(Chat.request("hi", members: metadata)).isHit)
        }
    }

    @Test("scope user separates users; scope shared shares over credentials", arguments: ["user", "shared"])
    func scope(name: String) async throws {
        let scope = try #require(RouteCacheSettings.Scope(rawValue: name))
        try await withWeir(routes: Chat.routes { $0.cache.scope = scope }, answer: Chat.answering) { weir in
            let alice = Self.credential + "X-User-Id: alice\r\n"
            #expect(try await weir.chat(fields: alice).isHit == false)
            #expect(try await weir.chat(fields: alice).isHit)
            #expect(try await weir.chat(fields: Self.credential + "X-User-Id: bob\r\n").isHit == (scope == .shared))
            #expect(
                try await weir.chat(fields: "Authorization: Bearer b\r\n" + alice.dropFirst(25)).isHit
                    == (scope == .shared)
            )
            let nobody = try await weir.chat()
            #expect(nobody.isHit == (scope == .shared))
            if scope == .user { #expect(nobody["Cache-Status"] == "weir; fwd=bypass; detail=no-user") }
        }
    }

    @Test("the credential that Weir adds is the one that counts")
    func configuredCredential() async throws {
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.upstreams[0].headers = [("Authorization", "Bearer weir")] },
            answer: Chat.answering
        ) { weir in
            let first = try await weir.chat(fields: "Authorization: Bearer a\r\n")
            #expect(!first.isHit)
            #expect(try await weir.chat(fields: "Authorization: Bearer b\r\n").isHit)
            #expect(weir.origin.requests[0].head.values("Authorization") == ["Bearer weir"])
        }
    }

    // MARK: Shapes

    @Test("a stored stream serves those who do not stream, and the other way round, with usage for who asked")
    func shapes() async throws {
        let streamed = Chat.request("hi", members: ",\"stream\":true")
        let counted = Chat.request("hi", members: ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
        for order in [
            [streamed, counted, Chat.body], [counted, streamed, Chat.body], [Chat.body, streamed, counted],
        ] {
            try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
                for (index, body) in (order + order).enumerated() {
                    let response = try await weir.chat(body)
                    #expect(response.isHit == (index > 0))
                    #expect(response["Set-Cookie"] == nil)
                    guard body != Chat.body else {
                        #expect(response["Content-Type"] == "application/json")
                        #expect(response.text.contains(#""content":"hello""#) && response.text.contains(Chat.usage))
                        continue
                    }
                    #expect(response["Content-Type"]?.hasPrefix("text/event-stream") == true)
                    #expect(response.text.hasSuffix("data: [DONE]\n\n"))
                    #expect(response.text.contains("usage") == (body == counted))
                    if order[0] != Chat.body { #expect(response.text == Chat.stream(hasUsage: body == counted)) }
                }
                #expect(weir.origin.requests.count == 1)
                let usage = try #require(await weir.proxy.snapshot().totals.spending.models.rows["m"]?.spent.tokens)
                #expect(usage.calls == 1 && usage.prompt == 3 && usage.completion == 2)
            }
        }
    }

    @Test("a body goes upstream byte for byte, but that a stream is asked for its usage")
    func forwardedBody() async throws {
        let odd = #"  {"messages":[{"content":"h\u0069","role":"user"}],  "model":"m", "user":"u" }"#
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            _ = try await weir.chat(odd)
            #expect(weir.origin.requests[0].body.text == odd)
            let streamed = try await weir.chat(Chat.request("two", members: #", "stream":true"#))
            #expect(
                weir.origin.requests[1].body.text
                    == #"{"stream_options":{"include_usage":true},"#
                    + Chat.request("two", members: #", "stream":true"#).dropFirst()
            )
            #expect(streamed.text == Chat.stream(hasUsage: false))
        }
    }

    @Test("a stream passes event by event while it is recorded, to its leader and to who follows")
    func streaming() async throws {
        let gate = Gate()
        let events = Chat.events(hasUsage: true)
        try await withWeir(routes: Chat.routes()) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nSet-Cookie: a=b\r\nx-request-id: r\r\n"
                    + "x-ratelimit-remaining-tokens: 9\r\nopenai-processing-ms: 7\r\nopenai-version: 2020-10-01\r\n"
                    + "cf-ray: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await connection.send(chunk: events[0])
            try await gate.wait()
            for event in events.dropFirst() { try await connection.send(chunk: event) }
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            let body = Chat.request("hi", members: #","stream":true"#)
            let request =
                "POST \(Chat.path) HTTP/1.1\r\nHost: weir.test\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            let expected = Chat.stream(hasUsage: false)
            let first = String(Chat.events(hasUsage: false)[0])
            var clients: [RawClient] = []
            for index in 0..<2 {
                let client = try await RawClient.connect(port: weir.port)
                try await client.send(request)
                let head = try await client.wire.readHead()
                let isLeader = index == 0
                #expect(head["openai-version"] == "2020-10-01")
                // What describes the leader's call is the leader's.
                #expect(head["Set-Cookie"] == (isLeader ? "a=b" : nil))
                #expect(head["X-Upstream-Request-Id"] == (isLeader ? "r" : nil))
                #expect(head["x-ratelimit-remaining-tokens"] == (isLeader ? "9" : nil))
                #expect(head["openai-processing-ms"] == (isLeader ? "7" : nil))
                #expect(head["cf-ray"] == (isLeader ? "1" : nil))
                #expect(try await client.wire.readChunk() == Array(first.utf8))
                clients.append(client)
            }
            gate.open()
            for client in clients {
                var rest: [UInt8] = []
                while let chunk = try await client.wire.readChunk() { rest += chunk }
                #expect(first + String(decoding: rest, as: UTF8.self) == expected)
                await client.close()
            }
            let hit = try await weir.chat(body, fields: "")
            #expect(hit.isHit && hit.text == expected && hit["openai-version"] == "2020-10-01")
            for name in [
                "Set-Cookie", "X-Upstream-Request-Id", "x-ratelimit-remaining-tokens", "openai-processing-ms", "cf-ray",
            ] {
                #expect(hit[name] == nil)
            }
            #expect(hit.head.values("Date").count == 1 && hit["Age"] == "0")
        }
    }

    @Test("what cannot be turned into the other shape serves its own, and the other is fetched")
    func unconvertible() async throws {
        try await withWeir(routes: Chat.routes()) { request, connection in
            guard request.body.text.contains(#""stream":true"#) else {
                return try await connection.respond(
                    fields: "Content-Type: application/json\r\n",
                    body: Chat.answer().replacing(#""id":"c1""#, with: #""id":"c1","odd":[1]"#)
                )
            }
            try await Chat.answering(request, connection)
        } _: { weir in
            let streamed = Chat.request("hi", members: #","stream":true"#)
            #expect(try await weir.chat().isHit == false)
            #expect(try await weir.chat().isHit)
            let stream = try await weir.chat(streamed)
            #expect(!stream.isHit && stream.text == Chat.stream(hasUsage: false))
            #expect(weir.origin.requests.count == 2)
            for _ in 0..<2 {
                // Beside each other: neither has taken the other's place.
                #expect(try await weir.chat(streamed).text == Chat.stream(hasUsage: false))
                #expect(try await weir.chat().text.contains(#""odd":[1]"#))
            }
            #expect(weir.origin.requests.count == 2)
            #expect(weir.proxy.store.statistics.entries == 2)
        }
    }

    @Test("every line of a credential keeps apart, not only the first")
    func repeatedCredential() async throws {
        try await withWeir(routes: Chat.routes()) { request, connection in
            try await Chat.answering(request, connection)
        } _: { weir in
            let alone = try await weir.chat(fields: "Authorization: a\r\n")
            let both = try await weir.chat(fields: "Authorization: a\r\nAuthorization: b\r\n")
            let other = try await weir.chat(fields: "Authorization: b\r\n")
            #expect(!alone.isHit && !both.isHit && !other.isHit)
            #expect(try await weir.chat(fields: "Authorization: a\r\nAuthorization: b\r\n").isHit)
        }
    }
}
