import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What one client has said, or is known by, must not reach another through an AI answer that both get.
@Suite("Tenant leaks")
struct TenantLeakTests {
    static let path = "/v1/responses"

    /// As the Responses API answers: with what the request has said of itself.
    private static func response(_ request: String, status: String = "completed") -> String {
        func member(_ name: String, otherwise: String) -> String {
            guard let start = request.firstRange(of: "\"\(name)\":") else { return "\"\(name)\":\(otherwise)" }
            let rest = request[start.upperBound...]
            let end =
                rest.first == "{"
                ? rest.firstIndex(of: "}").map(rest.index(after:)) : rest.firstIndex { ",}".contains($0) }
            return "\"\(name)\":\(rest[..<(end ?? rest.endIndex)])"
        }
        let echoed =
            ["user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"].map {
                member($0, otherwise: "null")
            } + [member("metadata", otherwise: "{}")]
        return #"{"id":"r1","object":"response","status":"\#(status)","model":"m","output":["#
            + #"{"id":"m1","type":"message","status":"completed","role":"assistant","content":"#
            + #"[{"type":"output_text","text":"hello","annotations":[]}]}],"#
            + echoed.joined(separator: ",")
            + #","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}"#
    }

    private static func events(_ request: String) -> [String] {
        [
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":"
                + response(request, status: "in_progress") + "}\n\n",
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"hello\"}\n\n",
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":" + response(request)
                + "}\n\n",
        ]
    }

    private static func answer(_ request: ReceivedRequest, _ connection: OriginConnection) async throws {
        guard request.body.text.contains(#""stream":true"#) else {
            return try await connection.respond(
                fields: "Content-Type: application/json\r\n",
                body: response(request.body.text)
            )
        }
        try await connection.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for event in events(request.body.text) { try await connection.send(chunk: event) }
        try await connection.send("0\r\n\r\n")
    }

    private static let alice =
        #","user":"alice","safety_identifier":"al","metadata":{"lesson":"alices"},"prompt_cache_key":"pa","prompt_cache_retention":"24h""#
    private static let bob = #","user":"bob","metadata":{"lesson":"bobs","more":"x"}"#

    private static func asking(_ members: String) -> String { #"{"model":"m","input":"hi"\#(members)}"# }

    // MARK: What an answer repeats

    @Test("a stored answer repeats to each reader what he has said, and nothing that another has")
    func stored() async throws {
        try await withWeir(routes: Chat.routes(), answer: Self.answer) { weir in
            for (index, members) in [Self.alice, Self.bob, "", Self.alice].enumerated() {
                let asked = Self.asking(members)
                let answer = try await weir.chat(asked, path: Self.path)
                #expect(answer.isHit == (index > 0))
                #expect(answer.text == Self.response(asked))
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test(
        "a stored stream does, and so does one that is played or put together from what is stored",
        arguments: [true, false]
    )
    func replayed(isStoredAsStream: Bool) async throws {
        let stream = #","stream":true"#
        try await withWeir(routes: Chat.routes(), answer: Self.answer) { weir in
            _ = try await weir.chat(Self.asking(Self.alice + (isStoredAsStream ? stream : "")), path: Self.path)
            for members in [Self.bob, "", Self.alice] {
                let asked = Self.asking(members + stream)
                let streamed = try await weir.chat(asked, path: Self.path)
                #expect(streamed.isHit)
                if isStoredAsStream {
                    #expect(streamed.text == Self.events(asked).joined())
                } else {
                    let events = streamed.text.split(separator: "\n").filter { $0.contains(#""response":"#) }
                    #expect(events.count == 3)
                    let own = Self.response(asked).split(separator: #"]}],"#)[1].split(separator: #","usage""#)[0]
                    #expect(events.allSatisfy { $0.contains(own) })
                    #expect(events.last?.hasSuffix(Self.response(asked) + "}") == true)
                }
                let whole = try await weir.chat(Self.asking(members), path: Self.path)
                #expect(whole.isHit && whole.text == Self.response(Self.asking(members)))
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("those who follow a call get their own, and so does who made it", arguments: [true, false])
    func followers(isStream: Bool) async throws {
        let gate = Gate()
        let stream = isStream ? #","stream":true"# : ""
        let compress = "Authorization: Bearer a\r\nAccept-Encoding: gzip\r\n"
        try await withWeir(routes: Chat.routes()) { request, connection in
            try await gate.wait()
            try await Self.answer(request, connection)
        } _: { weir in
            try await withThrowingTaskGroup(of: Void.self) { group in
                @Sendable func expectOwn(_ members: String, isLeader: Bool = false) async throws {
                    let asked = Self.asking(members + stream)
                    let answer = try await weir.chat(asked, path: Self.path)
                    #expect(answer.text == (isStream ? Self.events(asked).joined() : Self.response(asked)))
                    #expect(answer["Cache-Status"]?.contains("collapsed") == !isLeader)
                }
                group.addTask { try await expectOwn(Self.alice, isLeader: true) }
                try await weir.origin.waitForRequests(count: 1)
                for members in [Self.bob, "", Self.alice] { group.addTask { try await expectOwn(members) } }
                try await weir.waitForFollowers(3)
                gate.open()
                try await group.waitForAll()
            }
            #expect(weir.origin.requests.count == 1)
            // Compressed for who takes it: made behind the first of these, of what is nobody's.
            let coded = try await weir.chat(Self.asking(Self.bob + stream), fields: compress, path: Self.path)
            #expect(coded.isHit && !coded.text.contains("alice"))
        }
    }

    @Test("a chat answer that repeats its metadata repeats each reader's own")
    func chat() async throws {
        @Sendable func answer(_ metadata: String) -> String { Chat.answer().dropLast() + #","metadata":\#(metadata)}"# }
        try await withWeir(routes: Chat.routes()) { request, connection in
            let metadata = request.body.text.contains("alices") ? #"{"lesson":"alices"}"# : "{}"
            try await connection.respond(fields: "Content-Type: application/json\r\n", body: answer(metadata))
        } _: { weir in
            for metadata in [#"{"lesson":"alices"}"#, #"{"lesson":"bobs"}"#, "{}"] {
                let own = try await weir.chat(
                    Chat.request("hi", members: #","store":true,"metadata":\#(metadata)"#)
                )
                #expect(own.text == answer(metadata))
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("an error that is shared repeats what its reader has said alone")
    func failure() async throws {
        let gate = Gate()
        try await withWeir(routes: Chat.routes()) { request, connection in
            try await gate.wait()
            try await connection.respond(
                status: "500 Internal Server Error",
                fields: "Content-Type: application/json\r\n",
                body: #"{"error":{"message":"no"},"metadata":{"lesson":"alices"}}"#
            )
        } _: { weir in
            async let leader = weir.chat(Self.asking(Self.alice), path: Self.path)
            try await weir.origin.waitForRequests(count: 1)
            async let follower = weir.chat(Self.asking(Self.bob), path: Self.path)
            try await weir.waitForFollowers(1)
            gate.open()
            let (led, followed) = try await (leader.text, follower.text)
            #expect(led == #"{"error":{"message":"no"},"metadata":{"lesson":"alices"}}"#)
            #expect(followed == #"{"error":{"message":"no"},"metadata":{"lesson":"bobs","more":"x"}}"#)
        }
    }

    // MARK: What a provider says of a call and its account

    private static let ofCall = [
        "openai-organization": "acme", "openai-project": "p", "x-request-id": "r", "request-id": "r",
        "anthropic-organization-id": "acme", "anthropic-ratelimit-tokens-remaining": "1", "apim-request-id": "r",
        "x-ms-client-request-id": "r", "x-groq-id": "r", "x-ratelimit-remaining-tokens": "1", "ratelimit-reset": "1",
        "retry-after": "1", "cf-ray": "r", "server-timing": "x", "X-User": "alice", "Set-Cookie": "a=b",
        "Access-Control-Allow-Origin": "https://alice.test", "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin", "ETag": "\"e\"", "Link": "<x>",
    ]

    @Test("what a provider says of one call is for who made it: not for who follows, nor in the store")
    func fields() async throws {
        let gate = Gate()
        let fields = Self.ofCall.map { "\($0): \($1)\r\n" }.sorted().joined()
        let shown = "Content-Type: application/json\r\nopenai-version: 2020-10-01\r\nopenai-model: m-1\r\n"
        try await withWeir(routes: Chat.routes { $0.cache.scope = .shared }) { _, connection in
            try await gate.wait()
            try await connection.respond(fields: shown + fields, body: Chat.answer())
        } _: { weir in
            async let leading = weir.chat(fields: "Authorization: Bearer alice\r\n")
            try await weir.origin.waitForRequests(count: 1)
            async let following = weir.chat(fields: "Authorization: Bearer bob\r\n")
            try await weir.waitForFollowers(1)
            gate.open()
            let (leader, follower) = try await (leading, following)
            let hit = try await weir.chat(fields: "Authorization: Bearer carol\r\n")
            #expect(hit.isHit && follower["Cache-Status"]?.contains("collapsed") == true)
            for (name, value) in Self.ofCall {
                let own = name == "x-request-id" ? "X-Upstream-Request-Id" : name
                #expect(leader[own]?.contains(value) == true, "\(name)")
                for other in [follower, hit] {
                    #expect(other[own]?.contains(value) != true, "\(name)")
                    #expect(other["Content-Type"] == "application/json" && other["openai-model"] == "m-1")
                    #expect(other["openai-version"] == "2020-10-01" && other.text == Chat.answer())
                }
            }
        }
    }

    @Test("an error under scope shared is for who has it where it was told who asks", arguments: [true, false])
    func errors(isWeirs: Bool) async throws {
        let gate = Gate()
        try await withWeir(
            routes: Chat.routes { $0.cache.scope = .shared },
            configure: { settings in
                settings.upstreams[0].retry.attempts = 1
                if isWeirs { settings.upstreams[0].headers = [("Authorization", "Bearer weir")] }
            }
        ) { request, connection in
            try await gate.wait()
            try await connection.respond(
                status: "500 Internal Server Error",
                fields: "Retry-After: 7\r\nopenai-organization: acme\r\n",
                body: "no, \(request["Authorization"] ?? "nobody")"
            )
        } _: { weir in
            async let leading = weir.chat(fields: "Authorization: Bearer alice\r\n")
            try await weir.origin.waitForRequests(count: 1)
            async let following = weir.chat(fields: "Authorization: Bearer bob\r\n")
            try await weir.waitForFollowers(1)
            gate.open()
            let (leader, follower) = try await (leading, following)
            #expect(leader.text == "no, Bearer \(isWeirs ? "weir" : "alice")")
            #expect(follower.text == "no, Bearer \(isWeirs ? "weir" : "bob")")
            #expect(leader["openai-organization"] == "acme" && follower["Retry-After"] == "7")
            #expect((follower["openai-organization"] == nil) == isWeirs)
        }
    }
}
