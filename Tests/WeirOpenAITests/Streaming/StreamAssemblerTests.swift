import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Stream assembler")
struct StreamAssemblerTests {
    private func assemble(_ stream: String, _ endpoint: APIEndpoint = .chatCompletions) -> String? {
        StreamAssembler.assemble(buffer(stream), endpoint: endpoint).map { String(buffer: $0) }
    }

    @Test("A chat stream becomes the body of the unstreamed call")
    func chat() {
        #expect(
            assemble(Fixtures.chatStream) == """
                {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini","choices":\
                [{"index":0,"message":{"role":"assistant","content":"Hello \\n w\\u00f6rld","refusal":null},"logprobs":null,\
                "finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12},\
                "service_tier":"default","system_fingerprint":"fp_1"}
                """
        )
    }

    private static let usage =
        #"data: {"id":"chatcmpl-1","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"total_tokens":1}}"# + "\n\n"

    private func choices(_ chunks: String...) -> String? {
        guard let body = assemble(chunks.map { Fixtures.chunk($0) }.joined() + Self.usage + Fixtures.done),
            let document = try? JSONDocument(buffer(body)),
            let choices = document.value("choices", of: JSONDocument.root)
        else { return nil }
        return String(buffer: document.slice(choices))
    }

    @Test("Several choices are told apart, in the order of their index")
    func severalChoices() {
        #expect(
            choices(
                #"{"index":1,"delta":{"content":"b"}}"#,
                #"{"index":0,"delta":{"content":"a"}}"#,
                #"{"index":1,"delta":{"content":"B"},"finish_reason":"stop"}"#,
                #"{"index":0,"delta":{},"finish_reason":"length"}"#
            ) == """
                [{"index":0,"message":{"role":"assistant","content":"a","refusal":null},"logprobs":null,\
                "finish_reason":"length"},{"index":1,"message":{"role":"assistant","content":"bB","refusal":null},\
                "logprobs":null,"finish_reason":"stop"}]
                """
        )
    }

    @Test("Log probabilities are joined")
    func logprobs() {
        #expect(
            choices(
                #"{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}],"refusal":null}}"#,
                #"{"index":0,"delta":{"content":"b"},"logprobs":{"content":[{"token":"b"},{"token":"c"}]}}"#,
                #"{"index":0,"delta":{},"logprobs":{"content":[]},"finish_reason":"stop"}"#
            ) == """
                [{"index":0,"message":{"role":"assistant","content":"ab","refusal":null},"logprobs":{"content":\
                [{"token":"a"},{"token":"b"},{"token":"c"}],"refusal":null},"finish_reason":"stop"}]
                """
        )
    }

    @Test("Tool calls are put together, each from its own pieces")
    func toolCalls() {
        #expect(
            choices(
                #"{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"#
                    + #""function","function":{"name":"f","arguments":""}}]}}"#,
                #"{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g"}}]}}"#,
                #"{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x"}}]}}"#,
                #"{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","function":{"arguments":"{}"}},"#
                    + #"{"index":0,"function":{"arguments":"\":1}"}}]}}"#,
                #"{"index":0,"delta":{},"finish_reason":"tool_calls"}"#
            ) == #"""
                [{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"a",\#
                "type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function",\#
                "function":{"name":"g","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}]
                """#
        )
    }

    @Test("Content that never came is null, and padding is dropped")
    func nullContent() {
        #expect(
            choices(
                #"{"index":0,"delta":{"refusal":"N"}}"#,
                #"{"index":0,"delta":{"refusal":"o"},"finish_reason":"stop"}"#
            )
                == """
                [{"index":0,"message":{"role":"assistant","content":null,"refusal":"No"},"logprobs":null,\
                "finish_reason":"stop"}]
                """
        )
        #expect(assemble(Fixtures.chatStream.replacing("\"usage\":null", with: "\"obfuscation\":\"xx\"")) != nil)
    }

    @Test(
        "What would be lost is not assembled",
        arguments: [
            #"{"index":0,"delta":{"tool_calls":[{"index":0}]},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{"function_call":{}},"finish_reason":"stop"}"#,
            tool(#""index":1,"id":"a","type":"function","function":{"name":"f","arguments":""}"#),
            tool(#""index":0,"type":"function","function":{"name":"f","arguments":""}"#),
            tool(#""index":0,"id":"a","function":{"name":"f","arguments":""}"#),
            tool(#""index":0,"id":"a","type":"function","function":{"arguments":""}"#),
            tool(#""index":0,"id":"a","type":"function","function":{"name":"f"}"#),
            tool(#""index":0,"id":"a","type":"custom","custom":{"name":"f","input":""}"#),
            tool(#""index":0,"id":"a","type":"function","function":{"name":"f","arguments":"","x":1}"#),
            tool(#""index":0,"id":"a","type":"function","function":{"name":"f","arguments":{}}"#),
            tool(#""index":0,"id":"a","type":"function","function":{"name":"f","arguments":""},"x":1"#),
            tool(
                #""index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}},"#
                    + #"{"index":0,"id":"b","function":{"name":"f"}"#
            ),
            #"{"index":0,"delta":{"audio":{"id":"a"}},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{"reasoning_content":"x"},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{"content":["x"]},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{"content":"x"}}"#,
            #"{"index":1,"delta":{"content":"x"},"finish_reason":"stop"}"#,
            #"{"index":-1,"delta":{"content":"x"},"finish_reason":"stop"}"#,
            #"{"index":128,"delta":{"content":"x"},"finish_reason":"stop"}"#,
            #"{"delta":{"content":"x"},"finish_reason":"stop"}"#,
            #"{"index":0,"delta":{"content":"x"},"finish_reason":"stop","content_filter_results":{}}"#,
            #"{"index":0,"delta":{"content":"x"},"finish_reason":"stop","text":"y"}"#,
            #"{"index":0,"delta":{"content":"x"},"finish_reason":"stop","logprobs":{"other":[]}}"#,
        ]
    )
    func loss(choice: String) {
        #expect(choices(choice) == nil)
    }

    private static func tool(_ call: String) -> String {
        #"{"index":0,"delta":{"tool_calls":[{\#(call)}]},"finish_reason":"tool_calls"}"#
    }

    @Test("Nulls of members Weir does not know are no loss")
    func nulls() {
        #expect(
            choices(
                #"{"index":0,"delta":{"content":"x","audio":null,"tool_calls":null,"x":null},"finish_reason":"stop","y":null}"#
            ) != nil
        )
    }

    @Test("A stream that is not whole is not assembled")
    func incomplete() {
        let frames = Fixtures.chatFrames
        for missing in frames.indices {
            let stream = frames.indices.filter { $0 != missing }.map { frames[$0] }.joined()
            #expect((assemble(stream) == nil) == (missing >= 3))
        }
        #expect(assemble("") == nil)
        #expect(assemble(String(Fixtures.chatStream.dropLast())) == nil)
        #expect(assemble(Fixtures.chatStream + "data: x\n\n") == nil)
        #expect(assemble("event: ping\ndata: {}\n\n" + Fixtures.chatStream) == nil)
        #expect(assemble(": hi\n\n" + Fixtures.chatStream) != nil)
        #expect(
            assemble(
                Fixtures.chatStream.replacing(
                    "gpt-4o-mini\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\",\"choices\":[]",
                    with: "x\",\"choices\":[]"
                )
            ) == nil
        )
    }

    @Test("A Responses stream holds its body in the last event")
    func responses() {
        #expect(assemble(Fixtures.completedEvent(), .responses) == Fixtures.responseBody)
        #expect(assemble(Fixtures.completedEvent() + Fixtures.done, .responses) == Fixtures.responseBody)
        #expect(assemble("event: x\ndata: {\"type\":\"x\"}\n\n", .responses) == nil)
        #expect(assemble(Fixtures.chatStream, .embeddings) == nil)
    }
}
