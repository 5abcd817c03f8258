import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// What writes and purges make unusable.
@Suite struct HTTPCachePurgeTests {
    @Test("a write that succeeds makes its URL and its route's tags unusable; one that fails does not")
    func writes() async throws {
        let routes = [
            RouteSettings(
                path: "/courses/{id}",
                upstream: "app",
                cache: RouteCacheSettings(mode: .http, tags: ["course:{id}"]),
                invalidatesOnWrite: ["list"]
            ),
            RouteSettings(path: "/list", upstream: "app", cache: RouteCacheSettings(mode: .http, tags: ["list"])),
        ]
        try await withWeir(routes: routes) { request, connection in
            let fails = request.target.contains("fail")
            try await connection.respond(
                status: fails ? "409 Conflict" : "200 OK",
                fields: "Cache-Control: max-age=60\r\n",
                body: "hello"
            )
        } _: { weir in
            let hit = "weir; hit; ttl=60"
            let miss = "weir; fwd=uri-miss; stored"
            try await withRawClient(port: weir.port) { client in
                for expected in [miss, hit] {
                    for path in ["/courses/1", "/courses/2", "/list"] {
                        #expect(try await client.get(path)["Cache-Status"] == expected)
                    }
                }
                let failed = try await client.request("PUT", "/courses/fail", body: "x")
                #expect(failed.status == 409 && failed["Cache-Status"] == "weir; fwd=method")
                #expect(try await client.get("/list")["Cache-Status"] == hit)
                #expect(try await client.request("PUT", "/courses/1", body: "x").status == 200)
                #expect(try await client.get("/courses/1")["Cache-Status"] == miss)
                #expect(try await client.get("/courses/2")["Cache-Status"] == hit)
                #expect(try await client.get("/list")["Cache-Status"] == miss)
                #expect(weir.proxy.purge(.tags(["course:2"])) == 1)
                #expect(try await client.get("/courses/2")["Cache-Status"] == miss)
            }
        }
    }

    @Test("tags of the app's response and of the request are purged by")
    func tags() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nSurrogate-Key: a b\r\nCache-Tag: c, d e\r\n",
                body: "hello"
            )
        } _: { weir in
            for tag in ["a", "b", "c", "d e", "mine"] {
                _ = try await weir.request(fields: "X-Weir-Tags: mine, own\r\n")
                #expect(weir.proxy.purge(.tags([tag])) == 1)
            }
            #expect(weir.origin.requests.allSatisfy { $0["X-Weir-Tags"] == nil })
        }
    }

    @Test(
        "a purge while an answer is under way keeps that answer from being stored",
        arguments: ["key", "tag", "write"]
    )
    func purgeMeanwhile(kind: String) async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: HTTPCacheTests.routes(RouteCacheSettings(mode: .http, tags: ["t"]))) {
            request,
            connection in
            guard request.method == "GET" else { return try await connection.respond() }
            begun.open()
            try await gate.wait()
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "old")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                try await begun.wait()
                switch kind {
                case "key": _ = weir.proxy.purge(.all)
                case "tag": _ = weir.proxy.purge(.tags(["t"]))
                default: _ = try await weir.request("POST", "/", body: "x")
                }
                gate.open()
                #expect(try await client.response().text == "old")
                #expect(weir.proxy.store.statistics.entries == 0)
            }
        }
    }

    @Test(
        "who asks after a purge is not answered by a call that began before it",
        arguments: [
            ("all", false), ("tag", false), ("their tag", false), ("path", false), ("write", false),
            ("another key", true), ("another path", true),
        ]
    )
    func askedAfter(kind: String, isShared: Bool) async throws {
        let gate = Gate()
        let begun = Gate()
        let calls = Watched(0)
        try await withWeir(routes: HTTPCacheTests.routes(RouteCacheSettings(mode: .http, tags: ["t"]))) {
            request,
            connection in
            guard request.method == "GET" else { return try await connection.respond() }
            let call = calls.update { calls in
                calls += 1
                return calls
            }
            if call == 1 {
                begun.open()
                try await gate.wait()
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nSurrogate-Key: theirs\r\n",
                body: "call \(call)"
            )
        } _: { weir in
            async let before = weir.request()
            try await begun.wait()
            let proxy = weir.proxy
            switch kind {
            case "all": _ = proxy.purge(.all)
            case "tag": _ = proxy.purge(.tags(["t"]))
            case "their tag": _ = proxy.purge(.tags(["theirs"]))
            case "path": _ = proxy.purge(.pattern(GlobPattern("/*")))
            case "another key": #expect(try await weir.request("POST", "/other", body: "x").status == 200)
            case "another path": _ = proxy.purge(.pattern(GlobPattern("/other*")))
            default: #expect(try await weir.request("POST", "/", body: "x").status == 200)
            }
            async let after = weir.request()
            if isShared { try await weir.waitForFollowers(1) } else { #expect(try await after.text == "call 2") }
            gate.open()
            #expect(try await before.text == "call 1")
            #expect(try await after.text == (isShared ? "call 1" : "call 2"))
            // What was fetched before the purge is not what is stored behind it.
            #expect(try await weir.request().text == (isShared ? "call 1" : "call 2"))
        }
    }
}
