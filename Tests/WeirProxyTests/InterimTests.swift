import Testing
import WeirTesting

@testable import WeirProxy

/// What comes before a response (1xx) and behind it (trailers).
@Suite struct InterimTests {
    static let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n"
    private static func routes(_ mode: RouteCacheSettings.Mode) -> [RouteSettings] {
        [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: mode))]
    }

    @Test(
        "hints reach the client whose request began the call, and nobody else's 100 does",
        arguments: [RouteCacheSettings.Mode.none, .http]
    )
    func hints(mode: RouteCacheSettings.Mode) async throws {
        try await withWeir(routes: Self.routes(mode)) { _, connection in
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\n" + Self.hint + Self.hint)
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.get("/")
                #expect(response.informational.map(\.status) == [103, 103])
                #expect(response.informational.allSatisfy { $0["Link"] == "</a.css>" && $0["X-Hop"] == nil })
                #expect(response.text == "fine")
                // Never stored.
                #expect(try await client.get("/").informational.count == (mode == .http ? 0 : 2))
            }
        }
    }

    @Test("a follower gets no hints, and HTTP/1.0 knows none")
    func noHints() async throws {
        let (gate, second) = (Gate(), Gate())
        try await withWeir(routes: Self.routes(.http)) { _, connection in
            try await gate.wait()
            try await connection.send(Self.hint)
            try await second.wait()
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { leader in
                try await leader.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
                async let follower = weir.request()
                try await weir.waitForFollowers(1)
                gate.open()
                #expect(try await leader.wire.readHead().status == 103)
                second.open()
                #expect(try await leader.response().text == "fine")
                let response = try await follower
                #expect(response.informational.isEmpty && response.text == "fine")
            }
            try await withRawClient(port: weir.port) { old in
                try await old.send("GET /old HTTP/1.0\r\nHost: weir.test\r\n\r\n")
                #expect(try await old.response().informational.isEmpty)
            }
        }
    }

    @Test("more than ten 1xx are no answer", arguments: [RouteCacheSettings.Mode.none, .http])
    func flood(mode: RouteCacheSettings.Mode) async throws {
        try await withWeir(routes: Self.routes(mode)) { connection in
            try await connection.expectRequest()
            try await connection.send(String(repeating: Self.hint, count: 11))
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            let response = try await weir.request()
            #expect(response.status == 502 && response.informational.count == 10)
        }
    }

    private static let trailers =
        "Server-Timing: db;dur=5\r\nContent-Length: 9\r\nX-Forwarded-For: 6.6.6.6\r\nETag: \"t\"\r\n"

    @Test(
        "trailers go to clients that take them, behind the body, without what belongs in a head",
        arguments: [RouteCacheSettings.Mode.none, .http]
    )
    func trailers(mode: RouteCacheSettings.Mode) async throws {
        try await withWeir(routes: Self.routes(mode)) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Server-Timing\r\n\r\n4\r\nbody\r\n0\r\n"
                    + Self.trailers + "\r\n"
            )
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.get("/", fields: "TE: trailers, deflate\r\nConnection: TE\r\n")
                #expect(response.text == "body")
                #expect(response.body.trailers.map(\.name) == ["Server-Timing", "ETag"])
                #expect(response["Server-Timing"] == nil && response["ETag"] == nil && response["Trailer"] == nil)
                let without = try await client.get("/")
                #expect(without.text == "body" && without.body.trailers.isEmpty)
                // The connection is where it should be.
                #expect(try await client.get("/", fields: "TE: trailers\r\n").text == "body")
            }
        }
    }

    @Test("trailers of a body that Weir compresses are dropped: they may be about its bytes")
    func compressedTrailers() async throws {
        try await withWeir { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await connection.send(chunk: String(repeating: "weir ", count: 1000))
            try await connection.send("0\r\nContent-Digest: sha-256=:AAAA:\r\n\r\n")
        } _: { weir in
            let response = try await weir.request(fields: "TE: trailers\r\nAccept-Encoding: gzip\r\n")
            #expect(response["Content-Encoding"] == "gzip" && response.body.trailers.isEmpty)
        }
    }

    @Test("a request's trailers are checked and end here")
    func requestTrailers() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: "\(request.body.trailers.count) \(request.body.text)")
        } _: { weir in
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
            try await withRawClient(port: weir.port) { client in
                try await client.send(head + "X-Sum: 1\r\n\r\n")
                #expect(try await client.response().text == "0 body")
            }
        }
    }
}
