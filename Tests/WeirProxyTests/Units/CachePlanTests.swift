import Testing
import WeirCache
import WeirHTTP
import WeirOpenAI

@testable import WeirProxy

@Suite struct CachePlanTests {
    private static let fields: [(String, String)] = []

    @Test(
        "which requests are looked up, and why the others are not",
        arguments: [
            ("GET", "http", CachePlan.http), ("HEAD", "http", .http), ("POST", "http", .bypass(.method, detail: nil)),
            ("get", "http", .bypass(.method, detail: nil)), ("GET", "none", .bypass(.bypass, detail: nil)),
            ("GET", "persona", .bypass(.method, detail: nil)), ("POST", "persona", .persona),
        ]
    )
    func plans(method: String, mode: String, plan: CachePlan) throws {
        let mode = try #require(RouteCacheSettings.Mode(rawValue: mode))
        var route = RouteSettings(path: "/", upstream: "a", cache: RouteCacheSettings(mode: mode))
        let head = try requestHead(method, "/v1/chat/completions")
        #expect(CachePlan.decide(head: head, route: route, endpoint: .chatCompletions) == plan)
        route.features.cache = false
        #expect(CachePlan.decide(head: head, route: route, endpoint: .chatCompletions) == .bypass(.bypass, detail: nil))
    }

    @Test("a body with GET, an upgrade, another method asked for, an endpoint that is not keyed by its body")
    func details() throws {
        let route = RouteSettings(path: "/", upstream: "a", cache: RouteCacheSettings(mode: .http))
        #expect(
            CachePlan.decide(head: try requestHead("GET", "/", ("Content-Length", "0")), route: route, endpoint: .other)
                == .bypass(.request, detail: "body")
        )
        #expect(
            CachePlan.decide(
                head: try requestHead("GET", "/", ("Connection", "upgrade"), ("Upgrade", "x")),
                route: route,
                endpoint: .other
            ) == .bypass(.bypass, detail: "upgrade")
        )
        #expect(
            CachePlan.decide(
                head: try requestHead("GET", "/", ("X-HTTP-Method-Override", "DELETE")),
                route: route,
                endpoint: .other
            ) == .bypass(.request, detail: "method-override")
        )
        let persona = RouteSettings(path: "/", upstream: "a", cache: RouteCacheSettings(mode: .persona))
        for endpoint in APIEndpoint.allCases {
            let isKeyed = [.chatCompletions, .completions, .responses, .embeddings, .moderations].contains(endpoint)
            #expect(
                CachePlan.decide(head: try requestHead("POST", "/"), route: persona, endpoint: endpoint)
                    == (isKeyed ? .persona : .bypass(.bypass, detail: "endpoint"))
            )
        }
    }
}
