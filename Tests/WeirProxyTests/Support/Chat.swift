import WeirTesting

@testable import WeirProxy

/// Requests and answers of the chat API, as they stand on the wire.
enum Chat {
    static let path = "/v1/chat/completions"
    static let body = request("hi")

    static func routes(_ change: (inout RouteSettings) -> Void = { _ in }) -> [RouteSettings] {
        var route = RouteSettings(path: "/v1", upstream: "app", cache: RouteCacheSettings(mode: .persona))
        change(&route)
        return [route]
    }

    static func request(_ text: String, members: String = "") -> String {
        #"{"model":"m","messages":[{"role":"user","content":"\#(text)"}]\#(members)}"#
    }

    static let usage = #"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}"#

    static func answer(_ text: String = "hello", finish: String = "stop", message: String = "") -> String {
        #"{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":"#
            + #"{"role":"assistant","content":"\#(text)"\#(message)},"logprobs":null,"finish_reason":"\#(finish)"}],"#
            + #""usage":\#(usage)}"#
    }

    /// The events of a stream, its usage asked for or not.
    static func events(_ pieces: [String] = ["hel", "lo"], finish: String = "stop", hasUsage: Bool) -> [String] {
        let null = hasUsage ? #","usage":null"# : ""
        func chunk(_ choices: String, usage: String) -> String {
            #"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[\#(choices)]\#(usage)}"#
                + "\n\n"
        }
        var events = [
            chunk(#"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#, usage: null)
        ]
        events += pieces.map { chunk(#"{"index":0,"delta":{"content":"\#($0)"},"finish_reason":null}"#, usage: null) }
        events.append(chunk(#"{"index":0,"delta":{},"finish_reason":"\#(finish)"}"#, usage: null))
        if hasUsage { events.append(chunk("", usage: #","usage":\#(usage)"#)) }
        return events + ["data: [DONE]\n\n"]
    }

    static func stream(hasUsage: Bool) -> String { events(hasUsage: hasUsage).joined() }

    /// Answers as the API does: streamed where asked for, with the usage where asked for.
    static let answering: Answer = { request, connection in
        guard request.body.text.contains(#""stream":true"#) else {
            return try await connection.respond(fields: "Content-Type: application/json\r\n", body: answer())
        }
        try await connection.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for event in events(hasUsage: request.body.text.contains(#""include_usage":true"#)) {
            try await connection.send(chunk: event)
        }
        try await connection.send("0\r\n\r\n")
    }
}

extension Weir {
    func chat(_ body: String = Chat.body, fields: String = "Authorization: Bearer a\r\n", path: String = Chat.path)
        async throws -> ReceivedResponse
    {
        try await request("POST", path, fields: fields, body: body)
    }
}

extension ReceivedResponse {
    var isHit: Bool { self["Cache-Status"]?.hasPrefix("weir; hit") ?? false }
}
