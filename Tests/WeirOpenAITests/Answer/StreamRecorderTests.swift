import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Stream recorder")
struct StreamRecorderTests {
    private func record(_ stream: String, _ endpoint: APIEndpoint, size: Int = .max) -> StreamRecorder {
        var recorder = StreamRecorder(endpoint: endpoint)
        var rest = buffer(stream)
        while let chunk = rest.readSlice(length: min(size, rest.readableBytes)), chunk.readableBytes > 0 {
            recorder.feed(chunk)
        }
        return recorder
    }

    private static let start = Fixtures.chunk(#"{"index":0,"delta":{"content":"a"},"finish_reason":null}"#)

    private static func finish(_ reason: String, delta: String = "{}") -> String {
        Fixtures.chunk(#"{"index":0,"delta":\#(delta),"finish_reason":"\#(reason)"}"#)
    }

    private static let chat: [(String, AnswerVerdict)] = [
        (Fixtures.chatStream, .storable),
        (start + Fixtures.finish + Fixtures.done, .storable),
        (start + Fixtures.finish + Fixtures.done + ": bye\n\n", .storable),
        (start + Fixtures.finish + Fixtures.done + ": bye", .storable),
        (start + Fixtures.finish + Fixtures.done + "\n\n", .storable),
        (": hi\n\n" + start + Fixtures.finish + Fixtures.done, .storable),
        (start.replacing("\n\n", with: "\r\n\r\n") + Fixtures.finish + Fixtures.done, .storable),
        (start + finish("length") + Fixtures.done, .refused(.finishReason)),
        (start + finish("content_filter") + Fixtures.done, .refused(.finishReason)),
        (start + finish("tool_calls") + Fixtures.done, .refused(.toolCalls)),
        (start + finish("function_call") + Fixtures.done, .refused(.toolCalls)),
        (start + finish("stop", delta: #"{"tool_calls":[{"index":0}]}"#) + Fixtures.done, .refused(.toolCalls)),
        (start + finish("stop", delta: #"{"function_call":{}}"#) + Fixtures.done, .refused(.toolCalls)),
        (start + finish("stop", delta: #"{"tool_calls":[]}"#) + Fixtures.done, .storable),
        (start + finish("stop", delta: #"{"refusal":"No"}"#) + Fixtures.done, .refused(.refusal)),
        (start + finish("stop", delta: #"{"refusal":""}"#) + Fixtures.done, .storable),
        ("", .refused(.incomplete)),
        (start, .refused(.incomplete)),
        (start + Fixtures.finish, .refused(.incomplete)),
        (start + Fixtures.done, .refused(.incomplete)),
        (Fixtures.done, .refused(.incomplete)),
        (start + Fixtures.finish + "data: [DONE]\n", .refused(.incomplete)),
        (start + Fixtures.finish + "data: [DONE]", .refused(.incomplete)),
        (start + Fixtures.finish + Fixtures.done + "data: x", .refused(.incomplete)),
        (start + Fixtures.finish + Fixtures.done + start, .refused(.trailingData)),
        (start + Fixtures.finish + Fixtures.done + Fixtures.done, .refused(.trailingData)),
        (start + Fixtures.finish + Fixtures.done + "event: error\ndata: {}\n\n", .refused(.errorEvent)),
        (start + "event: error\ndata: {}\n\n" + Fixtures.finish + Fixtures.done, .refused(.errorEvent)),
        (start + "data: {\"error\":{\"message\":\"x\"}}\n\n" + Fixtures.finish + Fixtures.done, .refused(.errorEvent)),
        (start + "data: {\"choices\":\n\n" + Fixtures.done, .refused(.malformed)),
        (start + "data: []\n\n" + Fixtures.finish + Fixtures.done, .refused(.malformed)),
        (start + "data: {}\n\n" + Fixtures.finish + Fixtures.done, .refused(.malformed)),
        ("{\"error\":{}}", .refused(.incomplete)),
    ]

    @Test("A chat stream is judged by its end, in every size of chunk", arguments: chat)
    func chatVerdict(stream: String, expected: AnswerVerdict) {
        for size in [1, 2, 3, 7, 64, Int.max] {
            let recorder = record(stream, .chatCompletions, size: size)
            #expect(recorder.verdict(allowedFinishReasons: ["stop"]) == expected)
        }
    }

    @Test("Every choice must have ended")
    func choices() {
        func choice(_ index: Int, _ reason: String) -> String {
            Fixtures.chunk(#"{"index":\#(index),"delta":{},"finish_reason":\#(reason)}"#)
        }
        let both = choice(0, "null") + choice(1, "null")
        func verdict(_ rest: String) -> AnswerVerdict {
            record(both + rest + Fixtures.done, .chatCompletions).verdict(allowedFinishReasons: ["stop"])
        }
        #expect(verdict(choice(0, #""stop""#)) == .refused(.incomplete))
        #expect(verdict(choice(0, #""stop""#) + choice(1, #""length""#)) == .refused(.finishReason))
        #expect(verdict(choice(1, #""stop""#) + choice(0, #""stop""#)) == .storable)
        #expect(verdict(choice(1, #""stop""#) + choice(0, #""stop""#) + choice(1, "null")) == .storable)
    }

    @Test("A route may allow other finish reasons")
    func allowed() {
        func verdict(_ reason: String, _ allowed: [String], delta: String = "{}") -> AnswerVerdict {
            record(Self.finish(reason, delta: delta) + Fixtures.done, .chatCompletions)
                .verdict(allowedFinishReasons: allowed)
        }
        #expect(verdict("length", ["stop", "length"]) == .storable)
        #expect(verdict("stop", ["length"]) == .refused(.finishReason))
        #expect(verdict("tool_calls", ["stop", "tool_calls"], delta: #"{"tool_calls":[{"index":0}]}"#) == .storable)
        #expect(verdict("stop", ["stop", "tool_calls"], delta: #"{"tool_calls":[{"index":0}]}"#) == .storable)
        #expect(verdict("content_filter", ["stop", "tool_calls"]) == .refused(.finishReason))
    }

    private static let responses: [(String, AnswerVerdict)] = [
        (Fixtures.completedEvent(), .storable),
        ("event: response.created\ndata: {\"type\":\"response.created\"}\n\n" + Fixtures.completedEvent(), .storable),
        (Fixtures.completedEvent() + Fixtures.done, .storable),
        (Fixtures.completedEvent() + ": x\n\n", .storable),
        (String(Fixtures.completedEvent().dropLast()), .refused(.incomplete)),
        ("event: response.created\ndata: {\"type\":\"response.created\"}\n\n", .refused(.incomplete)),
        (Fixtures.done, .refused(.incomplete)),
        (Fixtures.completedEvent() + "event: x\ndata: {\"type\":\"x\"}\n\n", .refused(.trailingData)),
        ("event: response.failed\ndata: {\"type\":\"response.failed\"}\n\n", .refused(.errorEvent)),
        ("event: response.incomplete\ndata: {\"type\":\"response.incomplete\"}\n\n", .refused(.finishReason)),
        ("event: error\ndata: {\"type\":\"error\"}\n\n" + Fixtures.completedEvent(), .refused(.errorEvent)),
        ("data: {\"type\":\"error\"}\n\n" + Fixtures.completedEvent(), .refused(.errorEvent)),
        ("data: {}\n\n" + Fixtures.completedEvent(), .refused(.malformed)),
        (Fixtures.completedEvent("null"), .refused(.malformed)),
        (Fixtures.completedEvent(#"{"status":"incomplete","output":[]}"#), .refused(.finishReason)),
        (Fixtures.completedEvent(#"{"status":"completed","output":[{"type":"function_call"}]}"#), .refused(.toolCalls)),
    ]

    @Test("A Responses stream is judged by its completed event, in every size of chunk", arguments: responses)
    func responseVerdict(stream: String, expected: AnswerVerdict) {
        for size in [1, 5, 64, Int.max] {
            #expect(record(stream, .responses, size: size).verdict(allowedFinishReasons: ["stop"]) == expected)
        }
    }

    @Test("Completions end as chats do")
    func completions() {
        let chunk = #"data: {"choices":[{"text":"a","index":0,"finish_reason":"stop"}]}"# + "\n\n"
        #expect(record(chunk + Fixtures.done, .completions).verdict(allowedFinishReasons: ["stop"]) == .storable)
        #expect(record(chunk, .completions).verdict(allowedFinishReasons: ["stop"]) == .refused(.incomplete))
    }

    @Test("Endpoints that do not stream are refused", arguments: [APIEndpoint.embeddings, .moderations, .other])
    func otherEndpoints(endpoint: APIEndpoint) {
        let recorder = record(Fixtures.chatStream, endpoint)
        #expect(recorder.verdict(allowedFinishReasons: ["stop"]) == .refused(.endpoint))
    }

    @Test("A frame over the limit is refused")
    func limit() {
        var recorder = StreamRecorder(endpoint: .chatCompletions, maxFrameBytes: 100)
        recorder.feed(buffer(Fixtures.chatStream))
        #expect(recorder.verdict(allowedFinishReasons: ["stop"]) == .refused(.frameTooLarge))
    }

    @Test("The last usage that is not null counts, and the model is known")
    func usage() {
        let recorder = record(Fixtures.chatStream, .chatCompletions)
        #expect(recorder.usage == Usage(prompt: 9, completion: 3, total: 12))
        #expect(recorder.model == "gpt-4o-mini")
        #expect(record(Self.start, .chatCompletions).usage == nil)
        let onChoice = Fixtures.chunk(
            #"{"index":0,"delta":{},"finish_reason":"stop"}"#,
            usage: #","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#
        )
        #expect(record(onChoice + Self.start, .chatCompletions).usage == Usage(prompt: 1, completion: 2))
        let response = record(Fixtures.completedEvent(), .responses)
        #expect(response.usage == Usage(prompt: 36, cachedPrompt: 2, completion: 87, reasoning: 10, total: 123))
        #expect(response.model == "gpt-4.1-2025-04-14")
    }

    @Test("a response that did not complete was paid for all the same")
    func incompleteUsage() {
        let stream =
            "event: response.incomplete\ndata: {\"type\":\"response.incomplete\",\"response\":{\"model\":\"m\","
            + "\"metadata\":{},\"usage\":{\"input_tokens\":3,\"output_tokens\":2}}}\n\n"
        let reading = record(stream, .responses).reading(allowedFinishReasons: ["stop"])
        let expected = AnswerReading(
            verdict: .refused(.finishReason),
            usage: Usage(prompt: 3, completion: 2),
            model: "m",
            repeats: true
        )
        #expect(reading == expected)
    }
}
