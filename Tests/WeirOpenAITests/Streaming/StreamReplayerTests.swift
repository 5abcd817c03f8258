import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Stream replayer")
struct StreamReplayerTests {
    private static let logprobsBody = Fixtures.chatBody.replacing(
        "\"logprobs\":null",
        with: #""logprobs":{"content":[{"token":"H","logprob":-0.1,"bytes":[72],"top_logprobs":[]}],"refusal":null}"#
    )
    private static let longBody = Fixtures.chatBody.replacing(
        "Hello,",
        with: String(repeating: #"Lorem ipsum \"dolor\" 😀\ud83d\ude00 sit ämet "#, count: 50)
    )
    private static let severalBody = Fixtures.chatBody.replacing(
        "\"choices\":[",
        with: #""choices":[{"index":1,"message":{"role":"assistant","content":"b","refusal":null},"logprobs":null,"#
            + #""finish_reason":"length"},"#
    )
    private static let completionLogprobs = Fixtures.completionBody.replacing(
        "\"index\":0,\"logprobs\":null",
        with: #""index":0,"logprobs":{"tokens":["one"],"token_logprobs":[-1],"top_logprobs":null,"text_offset":[0]}"#
    )

    private static let toolCalls = Fixtures.chatBody.replacing(
        #""refusal":null"#,
        with: #""refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":"#
            + #""[\"\#(String(repeating: "x y ", count: 60))\"]"}},{"id":"call_2","type":"function","#
            + #""function":{"name":"rest","arguments":""}}]"#
    ).replacing(#""finish_reason":"stop""#, with: #""finish_reason":"tool_calls""#)
    private static let onlyToolCalls =
        #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"#
        + #""assistant","content":null,"refusal":null,"tool_calls":[{"id":"t","type":"function","function":"#
        + #"{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"total_tokens":1}}"#
    private static let responseCalls = Fixtures.responseBody.replacing(
        #"{"type":"reasoning","id":"rs_1","summary":[]}"#,
        with: #"{"type":"function_call","id":"fc_1","call_id":"call_1","name":"find","arguments":"[\"a\"]","#
            + #""status":"completed"},{"type":"custom_tool_call","id":"ct_1","call_id":"call_2","name":"sql","#
            + #""input":"select 1"}"#
    )

    private static let bodies: [(APIEndpoint, String)] = [
        (.chatCompletions, toolCalls), (.chatCompletions, onlyToolCalls), (.responses, responseCalls),
        (.chatCompletions, Fixtures.chatBody), (.chatCompletions, logprobsBody), (.chatCompletions, longBody),
        (.completions, Fixtures.completionBody), (.completions, completionLogprobs),
        (.responses, Fixtures.responseBody),
    ]

    @Test("Assembling what was replayed gives the answer back", arguments: bodies)
    func assembled(endpoint: APIEndpoint, body: String) throws {
        let stream = try #require(StreamReplayer.replay(buffer(body), endpoint: endpoint, includeUsage: true))
        let back = try #require(StreamAssembler.assemble(stream, endpoint: endpoint))
        #expect(canonicalJSON(back) == canonicalJSON(body))
        var recorder = StreamRecorder(endpoint: endpoint)
        recorder.feed(stream)
        #expect(recorder.verdict(allowedFinishReasons: ["stop", "tool_calls"]) == .storable)
        #expect(
            recorder.usage == AnswerInspector.read(buffer(body), endpoint: endpoint, allowedFinishReasons: []).usage
        )
    }

    /// As the API writes its answers.
    @Test("An answer of many lines is replayed in events of one line", arguments: bodies, ["\n  ", "\r\n\t"])
    func manyLines(body: (APIEndpoint, String), separator: String) throws {
        let text = body.1.replacing("\":", with: "\":" + separator).replacing(",\"", with: "," + separator + "\"")
        for includeUsage in [true, false] {
            let stream = try #require(
                StreamReplayer.replay(buffer(text), endpoint: body.0, includeUsage: includeUsage)
            )
            var recorder = StreamRecorder(endpoint: body.0)
            recorder.feed(stream)
            #expect(recorder.verdict(allowedFinishReasons: ["stop", "tool_calls"]) == .storable)
            guard includeUsage else { continue }
            let back = try #require(StreamAssembler.assemble(stream, endpoint: body.0))
            #expect(canonicalJSON(back) == canonicalJSON(text))
        }
    }

    @Test("Replaying what was assembled says the same as the stream")
    func replayed() throws {
        let body = try #require(StreamAssembler.assemble(buffer(Fixtures.chatStream), endpoint: .chatCompletions))
        let stream = try #require(StreamReplayer.replay(body, endpoint: .chatCompletions, includeUsage: true))
        #expect(StreamAssembler.assemble(stream, endpoint: .chatCompletions) == body)
    }

    @Test("Choices come out whatever their order")
    func several() throws {
        let stream = try #require(
            StreamReplayer.replay(buffer(Self.severalBody), endpoint: .chatCompletions, includeUsage: true)
        )
        let back = try #require(StreamAssembler.assemble(stream, endpoint: .chatCompletions))
        #expect(
            AnswerInspector.read(back, endpoint: .chatCompletions, allowedFinishReasons: ["stop", "length"]).verdict
                == .storable
        )
    }

    @Test("A short chat is played as role, text, end, usage and the mark")
    func chunks() throws {
        let body = #"""
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":
            "assistant","content":"Hi","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],
            "usage":{"total_tokens":1}}
            """#
        let head = #"data: {"object":"chat.completion.chunk","id":"c","created":1,"model":"m","choices":["#
        func stream(_ null: String, _ usage: String) -> String {
            [
                head
                    + #"{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]\#(null)}"#,
                head + #"{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]\#(null)}"#,
                head + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]\#(null)}"#,
                usage, "data: [DONE]",
            ].filter { !$0.isEmpty }.map { $0 + "\n\n" }.joined()
        }
        #expect(
            StreamReplayer.replay(buffer(body), endpoint: .chatCompletions, includeUsage: true)
                == buffer(stream(#","usage":null"#, head + #"],"usage":{"total_tokens":1}}"#))
        )
        #expect(
            StreamReplayer.replay(buffer(body), endpoint: .chatCompletions, includeUsage: false)
                == buffer(stream("", ""))
        )
    }

    @Test("Pieces are bounded and cut neither characters nor escapes")
    func pieces() throws {
        let text = String(repeating: #"ä😀\ud83d\ude00\n\u00e9\\ "#, count: 40) + String(repeating: "x", count: 500)
        let document = try JSONDocument(buffer("\"\(text)\""))
        var joined = ""
        var count = 0
        for piece in TextPieces(document, JSONDocument.root) {
            #expect(piece.count < TextPieces.sizeBytes + 12)
            let part = String(buffer: document.slice(piece))
            let scanned = try JSONDocument(buffer("\"\(part)\""))
            #expect(scanned.string(JSONDocument.root) != nil)
            joined += part
            count += 1
        }
        #expect(joined == text)
        #expect(count >= text.utf8.count / (TextPieces.sizeBytes + 12))
    }

    @Test(
        "What would be lost is not played",
        arguments: [
            (.chatCompletions, "{"), (.chatCompletions, "{}"), (.chatCompletions, #"{"choices":[]}"#),
            (.chatCompletions, Fixtures.chatBody.replacing("\"refusal\":null", with: "\"audio\":{\"id\":1}")),
            (.chatCompletions, Fixtures.chatBody.replacing("\"refusal\":null", with: "\"tool_calls\":[{}]")),
            (.chatCompletions, Fixtures.chatBody.replacing("\"refusal\":null", with: "\"annotations\":[{}]")),
            (.chatCompletions, Fixtures.chatBody.replacing("\"refusal\":null", with: "\"reasoning_content\":\"x\"")),
            (
                .chatCompletions,
                Fixtures.chatBody.replacing("\"object\":", with: "\"prompt_filter_results\":[],\"object\":")
            ),
            (
                .chatCompletions,
                Fixtures.chatBody.replacing("\"finish_reason\":\"stop\"", with: "\"finish_reason\":null")
            ),
            (.chatCompletions, Fixtures.chatBody.replacing("\"usage\":", with: "\"usage\":null,\"_\":")),
            (.completions, Fixtures.chatBody), (.chatCompletions, Fixtures.completionBody),
            (.responses, Fixtures.responseBody.replacing("\"summary\":[]", with: "\"summary\":[{}]")),
            (.responses, Fixtures.responseBody.replacing("\"annotations\":[]", with: "\"annotations\":[{}]")),
            (.responses, Fixtures.responseBody.replacing("\"type\":\"reasoning\"", with: "\"type\":\"function_call\"")),
            (
                .responses,
                Fixtures.responseBody.replacing(
                    "\"status\":\"completed\",\"error\"",
                    with: "\"status\":\"failed\",\"error\""
                )
            ),
            (.embeddings, Fixtures.embeddingsBody), (.moderations, Fixtures.moderationsBody), (.other, "{}"),
        ] as [(APIEndpoint, String)]
    )
    func loss(endpoint: APIEndpoint, body: String) {
        #expect(StreamReplayer.replay(buffer(body), endpoint: endpoint, includeUsage: true) == nil)
    }

    @Test("A response is played as its named events, numbered from zero")
    func responses() throws {
        let stream = try #require(
            StreamReplayer.replay(buffer(Fixtures.responseBody), endpoint: .responses, includeUsage: false)
        )
        let events = try #require(SSEParser.events(stream))
        #expect(
            events.compactMap(\.name) == [
                "response.created", "response.in_progress", "response.output_item.added", "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.completed",
            ]
        )
        for (number, event) in events.enumerated() {
            let document = try JSONDocument(event.data)
            #expect(document.string("type", of: JSONDocument.root) == event.name)
            #expect(document.integer("sequence_number", of: JSONDocument.root) == number)
        }
        let first = try JSONDocument(events[0].data)
        let response = try #require(first.value("response", of: JSONDocument.root))
        #expect(first.string("status", of: response) == "in_progress")
        #expect(first.value("usage", of: response) == nil)
    }
}
