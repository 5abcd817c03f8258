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

/// What AI calls used: counted for every call, whatever becomes of its answer, and noted beside what is stored.
@Suite struct AnswerUsageTests {
    struct Used: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var members = ""
        var fields = "Authorization: Bearer a\r\n"
        var finish = "stop"
    }

    @Test(
        "what a call used is counted, whether it is stored or not, and a stream's usage is for who asked",
        arguments: [
            Used(testDescription: "stored"),
            Used(testDescription: "no-store", fields: "Cache-Control: no-store\r\n"),
            Used(testDescription: "a web search", members: #","web_search_options":{}"#),
            Used(testDescription: "cut off", finish: "length"),
        ],
        [true, false]
    )
    func counted(row: Used, isStream: Bool) async throws {
        let usage =
            #"{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"#
            + #""prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}"#
        try await withWeir(routes: Chat.routes()) { request, connection in
            guard isStream else {
                let answer = Chat.answer(finish: row.finish).replacing(Chat.usage, with: usage)
                return try await connection.respond(fields: "Content-Type: application/json\r\n", body: answer)
            }
            #expect(request.body.text.contains(#""include_usage":true"#))
            let events = Chat.events(finish: row.finish, hasUsage: true).joined().replacing(Chat.usage, with: usage)
            try await connection.respond(fields: "Content-Type: text/event-stream\r\n", body: events)
        } _: { weir in
            let stream = isStream ? #","stream":true"# : ""
            let answer = try await weir.chat(Chat.request("hi", members: row.members + stream), fields: row.fields)
            if isStream {
                #expect(answer.text == Chat.events(finish: row.finish, hasUsage: false).joined())
                let asked = #","stream":true,"stream_options":{"include_usage":true}"#
                let told = try await weir.chat(
                    Chat.request("told", members: row.members + asked),
                    fields: row.fields
                )
                #expect(told.text.contains(usage))
            } else {
                #expect(answer.text.contains(usage))
            }
            let calls: UInt64 = isStream ? 2 : 1
            let counts = try #require(await weir.proxy.snapshot().totals.spending.models.rows["m"]?.spent.tokens)
            #expect(counts.calls == calls && counts.prompt == 7 * calls && counts.cachedPrompt == 4 * calls)
            #expect(counts.completion == 5 * calls && counts.reasoning == 3 * calls)
        }
    }

    @Test("what an answer used that outgrows the store, or that a fallback gave, is counted too")
    func countedUnstored() async throws {
        let long = Chat.answer(String(repeating: "x", count: 5000))
        try await withWeir(routes: Chat.routes(), configure: { $0.cache.maxObject = 2000 }) { request, connection in
            let isStream = request.body.text.contains(#""stream":true"#)
            let text = isStream ? Chat.events([String(repeating: "x", count: 5000)], hasUsage: true).joined() : long
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: \(isStream ? "text/event-stream" : "application/json")\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
            )
            for start in stride(from: 0, to: text.count, by: 700) {
                try await connection.send(chunk: String(text.dropFirst(start).prefix(700)))
            }
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            let whole = try await weir.chat()
            let streamed = try await weir.chat(Chat.request("hi", members: #","stream":true"#))
            #expect(whole.text == long && streamed.status == 200)
            #expect(weir.proxy.store.statistics.entries == 0)
            let counts = try #require(await weir.proxy.snapshot().totals.spending.models.rows["m"]?.spent.tokens)
            #expect(counts.calls == 2 && counts.prompt == 6 && counts.completion == 4)
        }
    }

    @Test("a stored answer has its model and usage noted beside it, also with another form", arguments: [false, true])
    func note(isStream: Bool) async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            let body = Chat.request("hi", members: isStream ? #","stream":true"# : "")
            _ = try await weir.chat(body)
            let settings = UpstreamSettings(
                name: "app",
                url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: weir.origin.port)
            )
            let transport = DirectTransport(settings: settings, group: MultiThreadedEventLoopGroup.singleton)
            let head = try requestHead("POST", Chat.path, ("Authorization", "Bearer a"))
            let request = AIRequest.read(
                ByteBuffer(string: body),
                endpoint: .chatCompletions,
                fields: head.fields,
                settings: PersonaSettings()
            )
            let key = PersonaKey(
                head: head,
                route: Route(
                    index: 0,
                    settings: Chat.routes()[0],
                    upstream: Upstream(settings: settings, transport: transport)
                ),
                builder: CacheKeyBuilder()
            ).make(request, canonical: try #require(request.canonical))
            guard case .hit(let stored) = weir.proxy.store.lookup(key, request: head.fields, now: weir.clock.now) else {
                Issue.record("nothing stored")
                return
            }
            var expected = AnswerNote(model: "m", usage: Usage(prompt: 3, completion: 2, total: 5), repeats: false)
            expected.track = AnswerNote(stored.note)?.track
            #expect(AnswerNote(stored.note) == expected)
            #expect(AnswerNote(stored.adding(stored.received).note) == expected)
            #expect(AnswerNote(stored.softened(at: weir.clock.now).note) == expected)
        }
    }
}
