import NIOCore
import Testing
import WeirCache
import WeirTesting

@testable import WeirProxy

/// Streams from the store: at a pace, and made of what was not streamed.
@Suite struct StreamReplayTests {
    private static let streamed = Chat.request("hi", members: #","stream":true"#)
    private static let counted = Chat.request(
        "hi",
        members: #","stream":true,"stream_options":{"include_usage":true}"#
    )

    private static func routes(_ replay: RouteCacheSettings.Replay) -> [RouteSettings] {
        Chat.routes { $0.cache.replay = replay }
    }

    private static func ask(_ body: String, _ client: RawClient) async throws {
        try await client.send(
            "POST \(Chat.path) HTTP/1.1\r\nHost: weir.test\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    /// The next piece of a body, as it was sent.
    private static func piece(_ client: RawClient) async throws -> String? {
        try await client.wire.readChunk().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Has a stream recorded whose events come 20 ms after each other.
    private func withRecorded(
        _ body: nonisolated(nonsending) (Weir) async throws -> Void
    ) async throws {
        let events = Chat.events(hasUsage: true)
        let gates = events.map { _ in Gate() }
        try await withWeir(routes: Self.routes(.recorded)) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for (event, gate) in zip(events, gates) {
                try await gate.wait()
                try await connection.send(chunk: event)
            }
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await Self.ask(Self.counted, client)
                for (event, gate) in zip(events, gates) {
                    gate.open()
                    if event == events[0] { _ = try await client.wire.readHead() }
                    #expect(try await Self.piece(client) == event)
                    weir.clock.advance(by: .milliseconds(20))
                }
                #expect(try await Self.piece(client) == nil)
            }
            try await body(weir)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("a stream comes event by event, as it was recorded, with the usage for who asks")
    func recorded() async throws {
        try await withRecorded { weir in
            for hasUsage in [true, false] {
                try await withRawClient(port: weir.port) { client in
                    try await Self.ask(hasUsage ? Self.counted : Self.streamed, client)
                    let head = try await client.wire.readHead()
                    #expect(head["Cache-Status"]?.hasPrefix("weir; hit") == true && head["Content-Length"] == nil)
                    #expect(head["Content-Type"] == "text/event-stream" && head.values("Date").count == 1)
                    for event in Chat.events(hasUsage: hasUsage) {
                        // Time stands still: whatever came too early would be in the same piece.
                        #expect(try await Self.piece(client) == event)
                        // The usage, for who does not get it, took its time too.
                        let isLong = !hasUsage && event.contains(#""finish_reason":"stop""#)
                        weir.clock.advance(by: .milliseconds(isLong ? 40 : 20))
                    }
                    #expect(try await Self.piece(client) == nil)
                }
            }
            // Whole answers have no pace.
            #expect(try await weir.chat(fields: "").text.contains(#""content":"hello""#))
        }
    }

    @Test("a client that leaves ends its replay, and nobody else's")
    func leaves() async throws {
        try await withRecorded { weir in
            let staying = try await RawClient.connect(port: weir.port)
            try await Self.ask(Self.counted, staying)
            try await withRawClient(port: weir.port) { client in
                try await Self.ask(Self.counted, client)
                _ = try await client.wire.readHead()
                #expect(try await Self.piece(client) == Chat.events(hasUsage: true)[0])
            }
            try await weir.wait(for: "one to leave") { $0.routes[0].metrics.aborted == 1 }
            _ = try await staying.wire.readHead()
            #expect(try await Self.piece(staying) == Chat.events(hasUsage: true)[0])
            weir.clock.advance(by: .seconds(1))
            #expect(try await Self.piece(staying) == Chat.events(hasUsage: true).dropFirst().joined())
            #expect(try await Self.piece(staying) == nil)
            await staying.close()
        }
    }

    @Test("when Weir stops, what is left of a replay comes at once")
    func drains() async throws {
        try await withRecorded { weir in
            try await withRawClient(port: weir.port) { client in
                try await Self.ask(Self.counted, client)
                _ = try await client.wire.readHead()
                #expect(try await Self.piece(client) == Chat.events(hasUsage: true)[0])
                async let stopped: Void = weir.proxy.stop()
                #expect(try await Self.piece(client) == Chat.events(hasUsage: true).dropFirst().joined())
                #expect(try await Self.piece(client) == nil)
                #expect(try await client.wire.read(count: 2) == Array("\r\n".utf8))
                #expect(try await client.expectEnd() == .closed)
                await stopped
            }
        }
    }

    @Test("over HTTP/2, too, what is left of a replay comes at once when Weir stops")
    func drainsHTTP2() async throws {
        try await withWeir(
            routes: Self.routes(.tokensPerSecond(1)),
            configure: { $0.listen[0].http2 = true },
            answer: Chat.answering
        ) { weir in
            _ = try await weir.chat(Self.streamed, fields: "")
            try await withHTTP2Client(port: weir.port) { client in
                try await client.post(Chat.path, body: Self.streamed, stream: 1)
                let first = try await client.next(.data, stream: 1)
                #expect(String(decoding: first.payload, as: UTF8.self) == Chat.events(hasUsage: false)[0])
                async let stopped: Void = weir.proxy.stop()
                let rest = try await client.body(stream: 1)
                #expect(rest == Chat.events(hasUsage: false).dropFirst().joined())
                await client.raw.close()
                await stopped
            }
        }
    }

    @Test("at so many tokens a second events come evenly, of an answer that was not streamed as well")
    func even() async throws {
        // Two tokens, in four events.
        let interval = TimeAmount.milliseconds(10)
        try await withWeir(routes: Self.routes(.tokensPerSecond(50)), answer: Chat.answering) { weir in
            #expect(try await weir.chat(fields: "").isHit == false)
            for _ in 0..<2 {
                try await withRawClient(port: weir.port) { client in
                    try await Self.ask(Self.streamed, client)
                    let head = try await client.wire.readHead()
                    #expect(head["Content-Type"] == "text/event-stream; charset=utf-8")
                    var pieces: [String] = []
                    while let piece = try await Self.piece(client) {
                        pieces.append(piece)
                        weir.clock.advance(by: interval)
                    }
                    #expect(pieces.count == 4 && pieces.allSatisfy { $0.hasSuffix("\n\n") })
                    #expect(pieces[1].contains(#""content":"hello""#) && pieces[3] == "data: [DONE]\n\n")
                    #expect(!pieces.joined().contains("usage"))
                }
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("what came in one go, and what has no times, is replayed at once")
    func instant() async throws {
        for replay in [RouteCacheSettings.Replay.instant, .recorded] {
            try await withWeir(routes: Self.routes(replay), answer: Chat.answering) { weir in
                _ = try await weir.chat(fields: "")
                let hit = try await weir.chat(Self.streamed, fields: "")
                #expect(hit.isHit && hit["Content-Length"] == String(hit.text.utf8.count))
                #expect(hit.text.hasSuffix("data: [DONE]\n\n"))
            }
        }
    }

    // MARK: The other kind

    @Test("the other kind of an answer is made once and kept", arguments: [true, false])
    func kept(isStreamedFirst: Bool) async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            func bytes() async -> Int { await weir.proxy.snapshot().store.bytes }
            _ = try await weir.chat(isStreamedFirst ? Self.streamed : Chat.body)
            var sizes = [await bytes()]
            var texts: [String] = []
            for body in [isStreamedFirst ? Chat.body : Self.streamed] + (isStreamedFirst ? [] : [Self.counted]) {
                for _ in 0..<3 {
                    let hit = try await weir.chat(body)
                    #expect(hit.isHit)
                    texts.append(hit.text)
                    sizes.append(await bytes())
                }
            }
            #expect(Set(texts).count == texts.count / 3)
            #expect(Set(sizes).count == 1 + texts.count / 3 && sizes == sizes.sorted())
            #expect(try await weir.chat(isStreamedFirst ? Self.streamed : Chat.body).isHit)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("what a kept answer repeats of its request is each reader's own", arguments: [true, false])
    func echoed(isStreamedFirst: Bool) async throws {
        func request(_ user: String, isStreamed: Bool) -> String {
            #"{"model":"m","input":"hi","user":"\#(user)"\#(isStreamed ? #","stream":true"# : "")}"#
        }
        @Sendable func response(_ user: String) -> String {
            #"{"id":"r","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"m1","#
                + #""status":"completed","role":"assistant","content":[{"type":"output_text","text":"hello","#
                + #""annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3},"user":"\#(user)"}"#
        }
        try await withWeir(routes: Chat.routes()) { asked, connection in
            let user = asked.body.text.contains("alice") ? "alice" : "?"
            let isStreamed = asked.body.text.contains(#""stream":true"#)
            try await connection.respond(
                fields: "Content-Type: \(isStreamed ? "text/event-stream" : "application/json")\r\n",
                body: isStreamed
                    ? "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":0,"
                        + "\"response\":\(response(user))}\n\n" : response(user)
            )
        } _: { weir in
            _ = try await weir.chat(request("alice", isStreamed: isStreamedFirst), path: "/v1/responses")
            for user in ["bob", "carol", "bob"] {
                for isStreamed in [!isStreamedFirst, isStreamedFirst] {
                    let hit = try await weir.chat(request(user, isStreamed: isStreamed), path: "/v1/responses")
                    #expect(hit.isHit && hit.text.contains(#""user":"\#(user)""#) && !hit.text.contains("alice"))
                }
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    // MARK: Everybody has left

    @Test(
        "with finish: cancel the call ends with its last reader, at once",
        arguments: ["a connection", "a stream", "a connection with a stream"]
    )
    func cancels(leaving: String) async throws {
        let ended = Gate()
        try await withWeir(
            routes: Chat.routes { $0.cache.finish = .cancel },
            configure: { $0.listen[0].http2 = true }
        ) { connection in
            try await connection.expectRequest()
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await connection.send(chunk: Chat.events(hasUsage: true)[0])
            _ = try? await connection.wire.readToEnd()
            ended.open()
        } _: { weir in
            let event = Chat.events(hasUsage: false)[0]
            try await withRawClient(port: weir.port) { first in
                try await Self.ask(Self.streamed, first)
                _ = try await first.wire.readHead()
                #expect(try await Self.piece(first) == event)
                try await withRawClient(port: weir.port) { last in
                    if leaving == "a connection" {
                        try await Self.ask(Self.streamed, last)
                        _ = try await last.wire.readHead()
                        #expect(try await Self.piece(last) == event)
                        await first.close()
                        try await weir.wait(for: "one to leave") { $0.routes[0].metrics.aborted == 1 }
                        #expect(!ended.isOpen)
                        return await last.close()
                    }
                    let client = try await HTTP2Client.begin(on: last)
                    try await client.post(Chat.path, body: Self.streamed, stream: 1)
                    #expect(try await client.next(.data, stream: 1).payload == Array(event.utf8))
                    await first.close()
                    try await weir.wait(for: "one to leave") { $0.routes[0].metrics.aborted == 1 }
                    #expect(!ended.isOpen)
                    guard leaving == "a stream" else { return await last.close() }
                    try await client.send(HTTP2WireFrame(kind: .reset, stream: 1, payload: [0, 0, 0, 8]))
                    // The clock stands still: nothing waits for time to pass.
                    try await ended.wait()
                }
                try await ended.wait()
            }
            #expect(weir.proxy.store.statistics.insertions == 0)
        }
    }
}
