import NIOCore
import WeirHTTP

@testable import WeirOpenAI

func buffer(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

/// The canonical form of a chat request, or the reason that there is none.
func canonical(
    _ body: String,
    endpoint: APIEndpoint = .chatCompletions,
    fields: FieldSection = [:],
    settings: PersonaSettings = PersonaSettings()
) -> String {
    let request = AIRequest.read(buffer(body), endpoint: endpoint, fields: fields, settings: settings)
    return request.canonical.map { String(buffer: $0) } ?? "bypass: \(request.bypass?.rawValue ?? "?")"
}

/// Everything that identifies a request's answer, as one text.
func identity(_ body: String, endpoint: APIEndpoint = .chatCompletions, fields: FieldSection = [:]) -> String {
    let request = AIRequest.read(buffer(body), endpoint: endpoint, fields: fields, settings: PersonaSettings())
    guard let canonical = request.canonical else { return "bypass: \(request.bypass?.rawValue ?? "?")" }
    var parts = [String(buffer: canonical)]
    request.persona.appendKeyParts { parts.append($0.map { "=" + $0 } ?? "-") }
    return parts.joined(separator: "\u{1}")
}

/// The canonical form of any JSON text.
func canonicalJSON(_ text: ByteBuffer) -> String? {
    guard let document = try? JSONDocument(text) else { return nil }
    return CanonicalWriter.write(document).map { String(buffer: $0) }
}

func canonicalJSON(_ text: String) -> String? { canonicalJSON(buffer(text)) }

enum Fixtures {
    static let chatBody = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini-2024-07-18",\
        "choices":[{"index":0,"message":{"role":"assistant","content":"Hello, \\"wörld\\" 😀\\nand \\ud83d\\ude00 on",\
        "refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,\
        "total_tokens":21,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":\
        {"reasoning_tokens":3,"audio_tokens":0}},"service_tier":"default","system_fingerprint":"fp_1"}
        """

    static let completionBody = """
        {"id":"cmpl-1","object":"text_completion","created":1700000000,"model":"gpt-3.5-turbo-instruct",\
        "choices":[{"text":"one two","index":0,"logprobs":null,"finish_reason":"stop"},\
        {"text":"three","index":1,"logprobs":null,"finish_reason":"stop"}],\
        "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}
        """

    static let responseBody = """
        {"id":"resp_1","object":"response","created_at":1741476542,"status":"completed","error":null,\
        "incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"gpt-4.1-2025-04-14",\
        "output":[{"type":"reasoning","id":"rs_1","summary":[]},{"type":"message","id":"msg_1","status":"completed",\
        "role":"assistant","content":[{"type":"output_text","text":"In a peaceful grove beneath a silver moon, a \
        unicorn named Lumina discovered a hidden pool that reflected the stars. As she dipped her horn, it shone.",\
        "annotations":[]}]}],"parallel_tool_calls":true,"previous_response_id":null,"temperature":1.0,"text":\
        {"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled",\
        "usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":2},"output_tokens":87,\
        "output_tokens_details":{"reasoning_tokens":10},"total_tokens":123},"user":null,"metadata":{}}
        """

    static let embeddingsBody = """
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-0.2]}],\
        "model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}
        """

    static let moderationsBody = """
        {"id":"modr-1","model":"omni-moderation-latest","results":[{"flagged":false,"categories":{"hate":false},\
        "category_scores":{"hate":0.001}}]}
        """

    /// A chat stream as the API sends it with `include_usage`.
    static let chatStream = chatFrames.joined()

    static let chatFrames = [
        chunk(
            #"{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}"#
        ),
        chunk(#"{"index":0,"delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}"#),
        chunk(#"{"index":0,"delta":{"content":"lo \n w\u00f6rld"},"logprobs":null,"finish_reason":null}"#),
        chunk(#"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}"#),
        """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini",\
        "service_tier":"default","system_fingerprint":"fp_1","choices":[],"usage":{"prompt_tokens":9,\
        "completion_tokens":3,"total_tokens":12}}\n\n
        """,
        "data: [DONE]\n\n",
    ]

    static func chunk(_ choice: String, usage: String = #","usage":null"#) -> String {
        """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini",\
        "service_tier":"default","system_fingerprint":"fp_1","choices":[\(choice)]\(usage)}\n\n
        """
    }

    static let finish = chunk(#"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}"#)
    static let done = "data: [DONE]\n\n"

    static func completedEvent(_ response: String = responseBody) -> String {
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":9,\"response\":"
            + response + "}\n\n"
    }
}
