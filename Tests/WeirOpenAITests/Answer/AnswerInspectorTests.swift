import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Answer inspector")
struct AnswerInspectorTests {
    private static func chat(_ choice: String) -> String { #"{"choices":[\#(choice)]}"# }

    private static let cases: [(APIEndpoint, String, AnswerVerdict)] = [
        (.chatCompletions, Fixtures.chatBody, .storable),
        (.chatCompletions, "", .refused(.malformed)),
        (.chatCompletions, String(Fixtures.chatBody.dropLast()), .refused(.malformed)),
        (.chatCompletions, "[]", .refused(.malformed)),
        (.chatCompletions, #"{"choices":[]}"#, .refused(.malformed)),
        (.chatCompletions, #"{"error":{"message":"x"}}"#, .refused(.errorEvent)),
        (.chatCompletions, chat(#"{"message":{}}"#), .refused(.incomplete)),
        (.chatCompletions, chat(#"{"message":{},"finish_reason":null}"#), .refused(.incomplete)),
        (.chatCompletions, chat(#"{"message":{},"finish_reason":"length"}"#), .refused(.finishReason)),
        (.chatCompletions, chat(#"{"finish_reason":"stop"}"#), .refused(.malformed)),
        (.chatCompletions, chat(#"{"message":"x","finish_reason":"stop"}"#), .refused(.malformed)),
        (
            .chatCompletions, chat(#"{"message":{},"finish_reason":"stop"},{"message":{},"finish_reason":"length"}"#),
            .refused(.finishReason)
        ),
        (.chatCompletions, chat(#"{"message":{"tool_calls":[{}]},"finish_reason":"stop"}"#), .refused(.toolCalls)),
        (.chatCompletions, chat(#"{"message":{"tool_calls":[]},"finish_reason":"stop"}"#), .storable),
        (
            .chatCompletions, chat(#"{"message":{"tool_calls":[{}]},"finish_reason":"tool_calls"}"#),
            .refused(.toolCalls)
        ),
        (.chatCompletions, chat(#"{"message":{"refusal":"no"},"finish_reason":"stop"}"#), .refused(.refusal)),
        (.completions, Fixtures.completionBody, .storable),
        (.completions, chat(#"{"text":"a","finish_reason":"length"}"#), .refused(.finishReason)),
        (.completions, chat(#"{"finish_reason":"stop"}"#), .refused(.malformed)),
        (.responses, Fixtures.responseBody, .storable),
        (.responses, #"{"status":"in_progress","output":[]}"#, .refused(.finishReason)),
        (.responses, #"{"status":"completed"}"#, .refused(.malformed)),
        (.responses, #"{"output":[]}"#, .refused(.malformed)),
        (.responses, #"{"status":"failed","error":{"code":"x"},"output":[]}"#, .refused(.errorEvent)),
        (.responses, #"{"status":"completed","output":[{"type":"function_call"}]}"#, .refused(.toolCalls)),
        (.responses, #"{"status":"completed","output":[{"type":"web_search_call"}]}"#, .refused(.toolCalls)),
        (.responses, #"{"status":"completed","output":[{}]}"#, .refused(.malformed)),
        (
            .responses, #"{"status":"completed","output":[{"type":"message","content":[{"type":"refusal"}]}]}"#,
            .refused(.refusal)
        ),
        (.embeddings, Fixtures.embeddingsBody, .storable),
        (.embeddings, #"{"data":[{"embedding":"AAAA"}]}"#, .storable),
        (.embeddings, #"{"data":[]}"#, .refused(.malformed)),
        (.embeddings, #"{"data":[{}]}"#, .refused(.malformed)),
        (.embeddings, #"{"error":{}}"#, .refused(.errorEvent)),
        (.moderations, Fixtures.moderationsBody, .storable),
        (.moderations, #"{"results":{}}"#, .refused(.malformed)),
        (.models, #"{"data":[]}"#, .refused(.endpoint)),
        (.other, "{}", .refused(.endpoint)),
    ]

    @Test("An answer is judged by its endpoint's rules", arguments: cases)
    func verdict(endpoint: APIEndpoint, body: String, expected: AnswerVerdict) {
        let verdict = AnswerInspector.read(buffer(body), endpoint: endpoint, allowedFinishReasons: ["stop"]).verdict
        #expect(verdict == expected)
    }

    @Test("A route may allow tool calls and other ends")
    func allowed() {
        let call = buffer(Self.chat(#"{"message":{"tool_calls":[{}]},"finish_reason":"tool_calls"}"#))
        let allowed = ["stop", "tool_calls"]
        #expect(
            AnswerInspector.read(call, endpoint: .chatCompletions, allowedFinishReasons: allowed).verdict == .storable
        )
        let response = buffer(#"{"status":"completed","output":[{"type":"function_call"}]}"#)
        #expect(
            AnswerInspector.read(response, endpoint: .responses, allowedFinishReasons: allowed).verdict == .storable
        )
        let length = buffer(Self.chat(#"{"message":{},"finish_reason":"length"}"#))
        #expect(
            AnswerInspector.read(length, endpoint: .chatCompletions, allowedFinishReasons: ["length"]).verdict
                == .storable
        )
    }

    @Test(
        "Usage is read in the style of each endpoint",
        arguments: [
            (
                .chatCompletions, Fixtures.chatBody,
                Usage(prompt: 9, cachedPrompt: 4, completion: 12, reasoning: 3, total: 21)
            ),
            (.completions, Fixtures.completionBody, Usage(prompt: 5, completion: 7)),
            (
                .responses, Fixtures.responseBody,
                Usage(prompt: 36, cachedPrompt: 2, completion: 87, reasoning: 10, total: 123)
            ),
            (.embeddings, Fixtures.embeddingsBody, Usage(prompt: 8, total: 8)),
            (
                .chatCompletions,
                #"{"usage":{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":3}}}"#,
                Usage(prompt: 9, cachedPrompt: 4, writtenPrompt: 3)
            ),
            (
                .responses, #"{"usage":{"input_tokens":9,"input_tokens_details":{"cache_write_tokens":3}}}"#,
                Usage(prompt: 9, writtenPrompt: 3)
            ),
            (.moderations, Fixtures.moderationsBody, nil),
            (.chatCompletions, #"{"usage":null}"#, nil), (.chatCompletions, #"{"usage":{}}"#, nil),
            (.chatCompletions, #"{"usage":{"prompt_tokens":-5,"completion_tokens":"x"}}"#, Usage()),
            (.chatCompletions, "{", nil), (.other, Fixtures.chatBody, nil),
        ] as [(APIEndpoint, String, Usage?)]
    )
    func usage(endpoint: APIEndpoint, body: String, expected: Usage?) {
        #expect(AnswerInspector.read(buffer(body), endpoint: endpoint, allowedFinishReasons: []).usage == expected)
    }

    @Test("The model is the one the answer names")
    func model() {
        #expect(
            AnswerInspector.read(buffer(Fixtures.chatBody), endpoint: .chatCompletions, allowedFinishReasons: []).model
                == "gpt-4o-mini-2024-07-18"
        )
        #expect(AnswerInspector.read(buffer("{}"), endpoint: .chatCompletions, allowedFinishReasons: []).model == nil)
        #expect(AnswerInspector.read(buffer("x"), endpoint: .chatCompletions, allowedFinishReasons: []).model == nil)
    }
}
