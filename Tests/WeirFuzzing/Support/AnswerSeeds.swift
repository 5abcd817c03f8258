/// Answers of the API, by the number of their endpoint, small enough to be changed in all their parts.
enum AnswerSeeds {
    private static let beginning = #"{"id":"c","created":1,"model":"m","#
    private static let usage = #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#

    static let bodies: [(UInt8, String)] = [
        (
            0,
            beginning
                + #""choices":[{"index":0,"message":{"role":"assistant","content":"a b"},"finish_reason":"stop"}],"#
                + usage
        ),
        (
            0,
            beginning
                + #""service_tier":"d","system_fingerprint":"f","choices":[{"index":0,"message":{"role":"assistant","#
                + #""content":"\ud83d\ude00\n","refusal":null},"logprobs":{"content":[{"token":"a"}],"refusal":null},"#
                + #""finish_reason":"length"}],"# + usage
        ),
        (
            0,
            "{\n  \"id\": \"c\",\n  \"created\": 1,\n  \"model\": \"m\",\n  \"choices\": [\n    {\"index\": 0, \"message\":\n"
                + "{\"content\": \"a\"}, \"finish_reason\": \"stop\"}],\n  \"usage\": {\n    \"total_tokens\": 3\n  }\n}"
        ),
        (1, beginning + #""choices":[{"index":0,"text":"a b","logprobs":null,"finish_reason":"stop"}],"# + usage),
        (
            2,
            #"{"id":"r","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"i","#
                + #""role":"assistant","status":"completed","content":[{"type":"output_text","text":"a b","#
                + #""annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}"#
        ),
        (3, #"{"data":[{"embedding":[0.1]}],"usage":{"prompt_tokens":1}}"#),
    ]

    static let streams: [(UInt8, String)] = [
        (0, chunks(beginning, choice: #"{"index":0,"delta":{"content":"a"},"finish_reason":null}"#)),
        (
            0,
            chunks(beginning, choice: #"{"index":0,"delta":{"content":"a"},"finish_reason":null}"#).replacing(
                "\n",
                with: "\r\n"
            )
        ),
        (1, chunks(beginning, choice: #"{"index":0,"text":"a","finish_reason":null}"#)),
        (
            2,
            "event: response.created\ndata: {\"type\":\"response.created\"}\n\nevent: response.completed\n"
                + #"data: {"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}"#
                + "\n\n"
        ),
        (0, ": comment\n\nid: 1\nretry: 5\nevent: error\ndata: {\"error\":{}}\n\n"),
        (3, "\u{FEFF}data\ndata:a\r\rdata: b\r\n\ndata: [DONE]\n\n"),
    ]

    private static func chunks(_ beginning: String, choice: String) -> String {
        let last = choice.replacing("null", with: "\"stop\"")
        return [
            beginning + #""choices":["# + choice + #"],"usage":null}"#,
            beginning + #""usage":null,"choices":["# + last + "]}",
            beginning + #""choices":[],"# + usage, "[DONE]",
        ].map { "data: \($0)\n\n" }.joined()
    }
}
