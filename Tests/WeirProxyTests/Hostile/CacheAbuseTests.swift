import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// Keys, variants, tags and purges in the hands of clients and origins that mean ill.
@Suite("Cache abuse")
struct CacheAbuseTests {
    private static let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]

    @Test("spellings that a server might take for one URL are as many keys, each with its own answer")
    func keys() async throws {
        let targets = [
            "/a/b", "/a/b/", "/a//b", "/a/.../b", "/a/x/..y/b", "/A/b", "/a%2fb", "/a%2Fb", "/a/%62", "/a/b;x", "/a/b?",
            "/a/b?x", "/a/b?x=", "/a/b?x&y", "/a/b?y&x", "/a/b%3fx", "/a/b%23", "/a/b.css", "/a/b/x.css", "/a/b;.css",
            "/a/b%0a", "/a/b%20", "/a/b+", "/a/%2e%2e%2e/b", "/a/;../b", "/a/..%2eb", "/a\\b", "//a/b",
        ]
        try await withWeir(routes: Self.routes) { request, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: request.target)
        } _: { weir in
            for _ in 0..<2 {
                for target in targets {
                    let response = try await weir.request("GET", target)
                    #expect(response.text == target)
                }
            }
            #expect(weir.origin.requests.map(\.target) == targets)
        }
    }

    @Test(
        "what looks like a file is stored no sooner than anything else",
        arguments: [
            "/account/x.css", "/account;x.css", "/account%2fx.css", "/account/static%2fx.js", "/account?x.png",
            "/account/%2elogo.svg", "/static/..account", "/account%0ax.css", "/account/favicon.ico",
        ]
    )
    func deception(target: String) async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            try await connection.respond(fields: "Content-Type: text/css\r\n", body: request["Cookie"] ?? "nobody")
        } _: { weir in
            let own = try await weir.request("GET", target, fields: "Cookie: victim\r\n")
            let others = try await weir.request("GET", target)
            #expect(own.text == "victim" && others.text == "nobody")
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test("parts of an AI request's key cannot be moved over their borders")
    func keyParts() async throws {
        let requests = [
            "X-Weir-Namespace: a\r\nX-Persona-Experience-Level: b\r\n",
            "X-Weir-Namespace: ab\r\n",
            "X-Persona-Experience-Level: ab\r\n",
            "X-Persona-Experience-Level: a\r\nX-Persona-Learning-Style: b\r\n",
            "X-Persona-Experience-Level: b\r\nX-Persona-Learning-Style: a\r\n",
            "X-Persona-Learning-Style: ab\r\n",
            "X-Persona-Interests: a\r\n",
            "X-Persona-Interests: a, b\r\n",
            "X-Persona-Interests: a\\, b\r\n",
            "Authorization: Bearer ab\r\n",
            "api-key: Bearer ab\r\n",
            "Authorization: Bearer a\r\napi-key: b\r\n",
            "OpenAI-Organization: a\r\n",
            "OpenAI-Project: a\r\n",
            "",
        ]
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            for _ in 0..<2 {
                for fields in requests {
                    let response = try await weir.chat(fields: fields)
                    #expect(response.status == 200)
                }
            }
            #expect(weir.origin.requests.count == requests.count)
            #expect(weir.proxy.store.statistics.entries == requests.count)
        }
    }

    @Test("an answer that varies on what clients make up keeps so many variants and no more")
    func variants() async throws {
        try await withWeir(routes: Self.routes, configure: { $0.cache.maxVariants = 4 }) { request, connection in
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nVary: X-Any, User-Agent, Accept, X-\(request["X-Any"] ?? "")\r\n",
                body: request["X-Any"] ?? ""
            )
        } _: { weir in
            for number in 0..<40 {
                let response = try await weir.request("GET", "/", fields: "X-Any: \(number)\r\n")
                #expect(response.text == "\(number)")
            }
            #expect(weir.proxy.store.statistics.entries == 4)
        }
    }

    @Test("a response that names tags without end is stored with so many, and purged by those")
    func tags() async throws {
        let tags = (0..<3_000).map { "t\($0)" }.joined(separator: " ")
        try await withWeir(routes: Self.routes, configure: { $0.cache.maxTags = 8 }) { request, connection in
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nSurrogate-Key: \(tags)\r\n",
                body: "\(request.connection)"
            )
        } _: { weir in
            for path in ["/a", "/b"] { _ = try await weir.request("GET", path) }
            #expect(weir.proxy.purge(.tags(["t8"])) == 0)
            #expect(weir.proxy.purge(.tags(["t7"])) == 2)
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test("a crowd that will not have what is stored makes one conditional call")
    func validationFlood() async throws {
        let gate = Gate()
        try await withWeir(routes: Self.routes) { request, connection in
            guard request["If-None-Match"] != nil else {
                return try await connection.respond(
                    fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\n",
                    body: "fine"
                )
            }
            try await gate.wait()
            try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\n\r\n")
        } _: { weir in
            _ = try await weir.request()
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await weir.request("GET", "/", fields: "Cache-Control: no-cache\r\n").text }
                }
                try await weir.waitForFollowers(19)
                gate.open()
                for try await text in group { #expect(text == "fine") }
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test(
        "no method and no path of the data listener's purges or manages anything",
        arguments: ["PURGE", "BAN", "REFRESH", "DELETE", "purge"]
    )
    func purging(method: String) async throws {
        try await withWeir(routes: Self.routes) { request, connection in
            guard request.method == "GET" else {
                return try await connection.respond(status: "405 Method Not Allowed", body: "no")
            }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: request.target)
        } _: { weir in
            for path in ["/", "/metrics", "/stats", "/healthz", "/api/admin/dashboard/cache/invalidate"] {
                let stored = try await weir.request("GET", path)
                #expect(stored.text == path)
                let refused = try await weir.request(method, path, fields: "X-Weir-Tags: *\r\nSurrogate-Key: *\r\n")
                #expect(refused.status == 405 && refused.text == "no")
                #expect(try await weir.request("GET", path).isHit)
            }
        }
    }
}
