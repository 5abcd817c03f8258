import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Routes whose fallback calls models by other names.
@Suite struct FallbackModelTests {
    private static let models = ["m": "local \"m\""]

    private func route(mode: RouteCacheSettings.Mode) -> [RouteSettings] {
        var route = RouteSettings(path: "/v1", upstream: "app", cache: RouteCacheSettings(mode: mode))
        route.fallback = FallbackSettings(upstream: "other", models: Self.models)
        route.maxKeyedBody = 1000
        return [route]
    }

    @Test(
        "the model has its name there, and every other byte of the body stays",
        arguments: [RouteCacheSettings.Mode.none, .persona]
    )
    func renamed(mode: RouteCacheSettings.Mode) async throws {
        try await withTwoUpstreams(routes: route(mode: mode), first: nil, other: answering(Chat.answering)) {
            weir,
            other in
            let body = #"{ "messages":[{"role":"user","content":"\"model\": \"m\""}],  "model" : "m" ,"n":1.0}"#
            let response = try await weir.chat(body, fields: "Content-Type: application/json; charset=utf-8\r\n")
            #expect(response.status == 200 && response.text == Chat.answer())
            let seen = try #require(other.requests.first)
            #expect(seen.body.text == body.replacing(#""model" : "m""#, with: #""model" : "local \"m\"""#))
            #expect(seen["Content-Length"] == String(seen.body.text.utf8.count))
        }
    }

    @Test("a stream is one there too, and is asked for its usage")
    func stream() async throws {
        try await withTwoUpstreams(routes: route(mode: .persona), first: nil, other: answering(Chat.answering)) {
            weir,
            other in
            let response = try await weir.chat(Chat.request("hi", members: #","stream":true"#))
            #expect(response.status == 200 && response.text == Chat.stream(hasUsage: false))
            #expect(other.requests.first?.body.text.contains(#""include_usage":true"#) == true)
        }
    }

    @Test(
        "only models that it names go there",
        arguments: [
            #"{"model":"another"}"#, #"{"model":"m","model":"m"}"#, #"{"model":1}"#, #"{}"#, #"["m"]"#, "not json",
        ]
    )
    func unnamed(body: String) async throws {
        try await withTwoUpstreams(routes: route(mode: .none), first: nil, other: answering(Chat.answering)) {
            weir,
            other in
            let response = try await weir.chat(body, fields: "Content-Type: application/json\r\n")
            #expect(response.status == 502)
            #expect(try response.error().code == "upstream_unreachable")
            #expect(other.requests.isEmpty)
        }
    }

    @Test("a body that is no JSON, or too long, is not read whole, and stays with its failure")
    func otherBodies() async throws {
        let first = answering { request, connection in try await connection.respond(body: request.body.text) }
        try await withTwoUpstreams(routes: route(mode: .none), first: first, other: answering(Chat.answering)) {
            weir,
            other in
            let large = String(repeating: "x", count: 5000)
            #expect(try await weir.chat(large, fields: "Content-Type: text/plain\r\n").text == large)
            let long = try await weir.chat(large, fields: "Content-Type: application/json\r\n")
            #expect(long.text == large)
            #expect(try await weir.chat("{}", fields: "Content-Type: application/json\r\n").text == "{}")
            #expect(other.requests.isEmpty)
        }
    }
}
