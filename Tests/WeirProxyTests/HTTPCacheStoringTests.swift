import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// What `mode: http` stores, what it passes on, and what a request may ask of it.
@Suite struct HTTPCacheStoringTests {
    struct Uncacheable: Sendable, CustomTestStringConvertible {
        var request = ""
        var response: String
        var status: String
        var testDescription: String { status + " " + request }
    }

    @Test(
        "what is not stored, and why",
        arguments: [
            Uncacheable(response: "Cache-Control: no-store\r\n", status: "weir; fwd=uri-miss; detail=no-store"),
            Uncacheable(
                response: "Cache-Control: private, max-age=60\r\n",
                status: "weir; fwd=uri-miss; detail=private"
            ),
            Uncacheable(
                response: "Cache-Control: max-age=60\r\nSet-Cookie: a=b\r\n",
                status: "weir; fwd=uri-miss; detail=set-cookie"
            ),
            Uncacheable(
                response: "Cache-Control: max-age=60\r\nVary: *\r\n",
                status: "weir; fwd=uri-miss; detail=vary-star"
            ),
            Uncacheable(response: "", status: "weir; fwd=uri-miss; detail=no-freshness"),
            Uncacheable(
                request: "Authorization: Bearer x\r\n",
                response: "Cache-Control: max-age=60\r\n",
                status: "weir; fwd=uri-miss; detail=authorization"
            ),
            Uncacheable(
                request: "Cache-Control: no-store\r\n",
                response: "Cache-Control: max-age=60\r\n",
                status: "weir; fwd=request; detail=no-store"
            ),
            Uncacheable(
                request: "Range: bytes=0-1\r\n",
                response: "Cache-Control: max-age=60\r\n",
                status: "weir; fwd=uri-miss"
            ),
            Uncacheable(
                request: "Content-Length: 1\r\nConnection: close\r\n\r\na",
                response: "Cache-Control: max-age=60\r\n",
                status: "weir; fwd=request; detail=body"
            ),
        ]
    )
    func uncacheable(row: Uncacheable) async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.respond(fields: row.response, body: "hello")
        } _: { weir in
            for _ in 0..<2 {
                let response = try await withRawClient(port: weir.port) { client in
                    try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\(row.request)\r\n")
                    return try await client.response()
                }
                #expect(response.text == "hello" && response["Cache-Status"] == row.status)
                #expect((response["Set-Cookie"] != nil) == row.status.hasSuffix("set-cookie"))
            }
            #expect(weir.origin.requests.count == 2)
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test("a close-delimited response is passed on, not stored: nobody can tell whether it is whole")
    func closeDelimited() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\nhello")
        } _: { weir in
            let response = try await weir.request()
            #expect(response.text == "hello")
            #expect(response["Cache-Status"] == "weir; fwd=uri-miss; detail=close-delimited")
            #expect(weir.proxy.store.statistics.entries == 0)
        }
    }

    @Test(
        "a body larger than max_object is passed on and not stored, whether its length is told or not",
        arguments: [true, false]
    )
    func tooLarge(isDeclared: Bool) async throws {
        let body = String(repeating: "x", count: 3_000)
        try await withWeir(
            routes: HTTPCacheTests.routes,
            configure: { $0.cache.maxObject = 2_000 }
        ) { _, connection in
            if isDeclared { return try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: body) }
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await connection.send(chunk: body)
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            for _ in 0..<2 {
                let response = try await weir.request()
                #expect(response.text == body)
            }
            #expect(weir.proxy.store.statistics.entries == 0 && weir.origin.requests.count == 2)
        }
    }

    @Test("only-if-cached: what is stored, or 504")
    func onlyIfCached() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "hello")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let missing = try await client.get("/", fields: "Cache-Control: only-if-cached\r\n")
                #expect(missing.status == 504)
                #expect(try missing.error().code == "not_cached")
                _ = try await client.get("/")
                #expect(try await client.get("/", fields: "Cache-Control: only-if-cached\r\n").text == "hello")
            }
            weir.clock.advance(by: .seconds(61))
            #expect(try await weir.request(fields: "Cache-Control: only-if-cached\r\n").status == 504)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("HEAD is answered from what GET stored; a HEAD that misses goes through and stores nothing")
    func head() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\nETag: \"v\"\r\n\r\n"
            )
            if request.method == "GET" { try await connection.send("hello") }
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let miss = try await client.request("HEAD", "/")
                #expect(miss["Content-Length"] == "5" && miss["Cache-Status"] == "weir; fwd=uri-miss")
                #expect(try await client.get("/")["Cache-Status"] == "weir; fwd=uri-miss; stored")
                let hit = try await client.request("HEAD", "/")
                #expect(hit["Content-Length"] == "5" && hit["ETag"] == "\"v\"")
                #expect(hit["Cache-Status"] == "weir; hit; ttl=60")
                #expect(try await client.request("HEAD", "/", fields: "If-None-Match: \"v\"\r\n").status == 304)
            }
            #expect(weir.origin.requests.map(\.method) == ["HEAD", "GET"])
        }
    }

    @Test("a range of what is not stored passes through, and its 206 is not taken for the whole")
    func range() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            guard request["Range"] == nil else {
                return try await connection.respond(
                    status: "206 Partial Content",
                    fields: "Cache-Control: max-age=60\r\nContent-Range: bytes 0-1/5\r\n",
                    body: "he"
                )
            }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "hello")
        } _: { weir in
            let part = try await weir.request(fields: "Range: bytes=0-1\r\nIf-Range: \"v\"\r\n")
            #expect(part.status == 206 && part.text == "he" && part["Content-Range"] == "bytes 0-1/5")
            #expect(weir.origin.requests[0]["If-Range"] == "\"v\"")
            #expect(try await weir.request().text == "hello")
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("what nobody can use any more leaves by itself, and what can be validated stays")
    func expires() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            let tag = request.target == "/validated" ? "ETag: \"v\"\r\n" : ""
            try await connection.respond(
                fields: "Cache-Control: max-age=1, must-revalidate\r\n" + tag,
                body: "hello"
            )
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                _ = try await client.request("GET", "/useless")
                _ = try await client.request("GET", "/validated")
            }
            try await weir.wait(for: "both to be stored") { $0.store.entries == 2 }
            try await weir.pass(until: "the useless one to leave") { $0.store.evictionsByReason.expired == 1 }
            let store = await weir.proxy.snapshot().store
            #expect(store.entries == 1 && store.evictionsByReason.expired == 1)
        }
    }
}
