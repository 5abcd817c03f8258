import NIOCore
import Testing

@testable import WeirOpenAI

@Suite struct RequestEstimateTests {
    private static func estimate(_ endpoint: APIEndpoint, _ body: String) -> RequestEstimate? {
        RequestEstimate.read(ByteBuffer(string: body), endpoint: endpoint)
    }

    @Test(
        "what the provider counts of a request's input",
        arguments: [
            // Three for the answer's beginning; three, a role and a word a message.
            (.chatCompletions, #"{"messages":[{"role":"user","content":"Hello"}]}"#, 8),
            (
                .chatCompletions, #"{"messages":[{"role":"system","content":"Hello"},{"role":"user","content":"Hi"}]}"#,
                13
            ),
            (.chatCompletions, #"{"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}]}"#, 8),
            (
                .chatCompletions,
                #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:AAAA","detail":"low"}}]}]}"#,
                92
            ),
            (
                .chatCompletions,
                #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b"}}]}]}"#,
                772
            ),
            // The name of a function and its arguments; not IDs or types. A long role is a word and a half.
            (
                .chatCompletions,
                #"{"messages":[{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"x"}}]},{"role":"tool","tool_call_id":"call_1","content":"y"}]}"#,
                15
            ),
            (
                .chatCompletions,
                #"{"messages":[],"metadata":{"a":"long long long"},"user":"somebody","model":"gpt-4o"}"#, 3
            ),
            (.chatCompletions, #"{"messages":"x"}"#, 4), (.chatCompletions, "{}", 3),
            (.responses, #"{"input":"Hello","instructions":"Hi"}"#, 5),
            (.responses, #"{"input":[{"role":"user","content":[{"type":"input_text","text":"Hello"}]}]}"#, 8),
            (
                .responses,
                #"{"input":[{"role":"user","content":[{"type":"input_image","file_id":"f","detail":"low"}]}]}"#, 92
            ),
            (.completions, #"{"prompt":"Hello","suffix":"Hi"}"#, 2), (.completions, #"{"prompt":["Hello","Hi"]}"#, 2),
            (.completions, #"{"prompt":[1,2,3]}"#, 3), (.completions, #"{"prompt":[[1,2,3],[4,5]]}"#, 5),
            (.embeddings, #"{"input":"Hello"}"#, 1), (.embeddings, #"{"input":["Hello","Hi"]}"#, 2),
            (.embeddings, #"{"input":[15339,1917]}"#, 2), (.embeddings, #"{"input":[[15339],[1917,3,4]]}"#, 4),
            (.embeddings, #"{"input":[]}"#, 0), (.embeddings, #"{"input":null}"#, 0), (.embeddings, "{}", 0),
            (
                .moderations,
                #"{"input":[{"type":"text","text":"Hello"},{"type":"image_url","image_url":{"url":"x"}}]}"#, 766
            ),
        ] as [(APIEndpoint, String, Int)]
    )
    func input(endpoint: APIEndpoint, body: String, tokens: Int) {
        #expect(Self.estimate(endpoint, body)?.input == tokens)
    }

    @Test("tools and the form asked for count as they are written")
    func asWritten() throws {
        let bare = #"{"messages":[]}"#
        let tools = #"[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]"#
        let with = #"{"messages":[],"tools":\#(tools),"response_format":{"type":"json_object"}}"#
        let base = try #require(Self.estimate(.chatCompletions, bare)).input
        let more = try #require(Self.estimate(.chatCompletions, with)).input
        #expect((20...50).contains(more - base))
        #expect(try #require(Self.estimate(.responses, #"{"input":"","tools":\#(tools)}"#)).input > base + 15)
    }

    @Test(
        "sound and files count by their length",
        arguments: [
            (#"{"type":"input_audio","input_audio":{"format":"wav","data":"DATA"}}"#, 5),
            (#"{"type":"file","file":{"filename":"a.pdf","file_data":"DATA"}}"#, 200),
            (#"{"type":"input_file","filename":"a.pdf","file_data":"DATA"}"#, 200),
        ]
    )
    func attachments(part: String, tokens: Int) {
        let part = part.replacing("DATA", with: String(repeating: "A", count: 10_000))
        let body = #"{"messages":[{"role":"user","content":[\#(part)]}]}"#
        #expect(Self.estimate(.chatCompletions, body)?.input == 7 + tokens)
    }

    @Test(
        "what bounds the answer",
        arguments: [
            (.chatCompletions, "{}", 1_024, false), (.chatCompletions, #"{"max_tokens":50}"#, 50, true),
            (.chatCompletions, #"{"max_completion_tokens":70,"max_tokens":50}"#, 70, true),
            (.chatCompletions, #"{"max_completion_tokens":null,"max_tokens":50}"#, 50, true),
            (.chatCompletions, #"{"max_tokens":50,"n":3}"#, 150, true), (.chatCompletions, #"{"n":3}"#, 3_072, false),
            (.chatCompletions, #"{"max_tokens":-1,"n":-3}"#, 0, true),
            (.chatCompletions, #"{"max_tokens":"50"}"#, 1_024, false),
            (.chatCompletions, #"{"max_tokens":999999999999999999,"n":999999999999999999}"#, .max, true),
            (.responses, #"{"max_output_tokens":9,"max_tokens":50}"#, 9, true), (.responses, "{}", 1_024, false),
            (.completions, "{}", 16, true), (.completions, #"{"prompt":["a","b"],"max_tokens":10}"#, 20, true),
            (.completions, #"{"prompt":[1,2,3],"max_tokens":10,"n":2,"best_of":4}"#, 40, true),
            (.completions, #"{"prompt":[[1],[2]],"max_tokens":10,"n":2}"#, 40, true),
            (.embeddings, #"{"max_tokens":50}"#, 0, true), (.moderations, "{}", 0, true),
        ] as [(APIEndpoint, String, Int, Bool)]
    )
    func output(endpoint: APIEndpoint, body: String, tokens: Int, isBound: Bool) throws {
        let estimate = try #require(Self.estimate(endpoint, body))
        #expect(estimate.output == tokens)
        #expect(estimate.isOutputBound == isBound)
        #expect(estimate.usage.completion == tokens)
        #expect(estimate.total >= estimate.output)
    }

    @Test(
        "what cannot be estimated",
        arguments: [
            (.models, "{}"), (.other, "{}"), (.fineTuning, "{}"), (.chatCompletions, ""), (.chatCompletions, "[]"),
            (.embeddings, "{"),
        ] as [(APIEndpoint, String)]
    )
    func nothing(endpoint: APIEndpoint, body: String) {
        #expect(Self.estimate(endpoint, body) == nil)
    }
}
