import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What Weir answers itself: bounds, malformed input, no route; and that nothing of it goes any further.
@Suite struct RefusalTests {
    struct Malformed: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: String
        var status: Int
        var code: String
        var testDescription: String { name }
    }

    static let malformedRequests = [
        Malformed(
            name: "no HTTP at all",
            bytes: "\u{16}\u{3}\u{1}\u{0}garbage\r\n\r\n",
            status: 400,
            code: "bad_request"
        ),
        Malformed(name: "no Host", bytes: "GET / HTTP/1.1\r\n\r\n", status: 400, code: "bad_request"),
        Malformed(
            name: "two lengths",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            status: 400,
            code: "bad_request"
        ),
        Malformed(
            name: "a long target",
            bytes: "GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            status: 414,
            code: "target_too_long"
        ),
        Malformed(
            name: "a head without end",
            bytes: "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 200_000))",
            status: 431,
            code: "head_too_large"
        ),
        Malformed(
            name: "too many fields",
            bytes: "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 201))\r\n",
            status: 431,
            code: "head_too_large"
        ),
        Malformed(
            name: "an unknown expectation",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\nContent-Length: 1\r\n\r\na",
            status: 417,
            code: "expectation_failed"
        ),
        Malformed(
            name: "an unknown transfer coding",
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            status: 501,
            code: "not_implemented"
        ),
        Malformed(
            name: "another version",
            bytes: "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
            status: 505,
            code: "version_not_supported"
        ),
    ]

    @Test(
        "what is not HTTP as it should be gets one answer and the connection's end, and goes no further",
        arguments: malformedRequests
    )
    func malformed(row: Malformed) async throws {
        try await withWeir { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(row.bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                #expect(response.status == row.status)
                #expect(response["Connection"] == "close")
                #expect(response["Content-Type"] == "application/json")
                #expect(response["Cache-Status"] == "weir")
                #expect(response["Date"] == "Mon, 01 Jan 2024 00:00:00 GMT")
                let error = try response.error()
                #expect(error.code == row.code && error.type == "weir_error" && !error.message.isEmpty)
                #expect(error.requestID == response["X-Request-Id"])
                // In good order: a reset could take the answer away from the client.
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(try await weir.request("GET", "/next").text == "fine")
            #expect(weir.origin.requests.map(\.target) == ["/next"])
            #expect(await weir.proxy.snapshot().totals.requestsRefused == 1)
        }
    }

    @Test("a body that turns out not to be HTTP ends its request and is counted once")
    func malformedBody() async throws {
        try await withWeir { connection in
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")
                let response = try await client.response()
                #expect(response.status == 400 && response["Connection"] == "close")
                _ = try response.error()
                #expect(try await client.expectEnd() == .closed)
            }
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.routes[0].metrics.requestsByClass == [0, 0, 0, 1, 0])
            #expect(snapshot.totals.requestsRefused == 0)
        }
    }

    @Test("a response that is out already is not followed by an error when the rest of the request is no HTTP")
    func malformedRest() async throws {
        try await withWeir { connection in
            _ = try await connection.expectHead()
            try await connection.respond(status: "403 Forbidden", body: "no")
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                #expect(try await client.response().status == 403)
                try await client.send("nonsense\r\n")
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var request: String
        var status: Int
        var code: String
        var closes: Bool
        var testDescription: String { request.split(separator: "\r\n").first.map(String.init) ?? "" }
    }

    @Test(
        "requests that are not for this proxy",
        arguments: [
            Refused(
                request: "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
                status: 405,
                code: "method_not_allowed",
                closes: true
            ),
            Refused(
                request: "TRACE /x HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 405,
                code: "method_not_allowed",
                closes: true
            ),
            Refused(
                request: "GET /x HTTP/1.1\r\nHost: a\r\nVia: 1.1 weir, 1.0 other\r\nVia: 1.1 weir\r\n\r\n",
                status: 508,
                code: "loop_detected",
                closes: false
            ),
            Refused(
                request: "GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 404,
                code: "no_route",
                closes: false
            ),
            Refused(
                request: "DELETE /read-only/1 HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 405,
                code: "method_not_allowed",
                closes: false
            ),
            Refused(
                request: "POST /elsewhere HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
                status: 404,
                code: "no_route",
                closes: true
            ),
        ]
    )
    func refused(row: Refused) async throws {
        let routes = [
            RouteSettings(path: "/x", upstream: "app"),
            RouteSettings(path: "/read-only", methods: ["GET"], upstream: "app"),
        ]
        try await withWeir(routes: routes) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(row.request)
                let response = try await client.response()
                #expect(response.status == row.status)
                #expect(try response.error().code == row.code)
                #expect(response["Cache-Control"] == "no-store")
                #expect((response["Allow"] != nil) == (row.status == 405))
                #expect(response["Connection"] == (row.closes ? "close" : nil))
                if row.closes {
                    #expect(try await client.expectEnd() == .closed)
                } else {
                    #expect(try await client.get("/x").text == "fine")
                }
            }
            #expect(weir.origin.requests.count == (row.closes ? 0 : 1))
        }
    }

    @Test("a chain of two Weirs is no loop")
    func chain() async throws {
        try await withWeir { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            let response = try await weir.request(fields: "Via: 1.1 weir\r\n")
            #expect(response.status == 200)
        }
    }

    @Test("OPTIONS * is about the proxy itself, and no refusal")
    func optionsAsterisk() async throws {
        try await withWeir { _, connection in
            try await connection.respond()
        } _: { weir in
            let response = try await weir.request("OPTIONS", "*")
            #expect(response.status == 204)
            #expect(response["Allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
            #expect(weir.origin.requests.isEmpty)
            #expect(await weir.proxy.snapshot().totals.requestsRefused == 0)
        }
    }

    @Test("a client's request id is repeated whatever it is made of, and the error stays JSON")
    func hostileRequestID() async throws {
        try await withWeir(routes: [RouteSettings(path: "/x", upstream: "app")]) { _, connection in
            try await connection.respond()
        } _: { weir in
            let response = try await weir.request(fields: "X-Request-Id: \",\\\"a\":{}\r\n")
            #expect(try response.error().requestID == "\",\\\"a\":{}")
            #expect(response["X-Request-Id"] == "\",\\\"a\":{}")
        }
    }

    @Test("a body over the route's limit is refused as soon as that shows", arguments: [true, false])
    func maxBody(isDeclared: Bool) async throws {
        try await withWeir(routes: [RouteSettings(path: "/", upstream: "app", maxBody: 8)]) { connection in
            guard let head = try await connection.wire.readHeadIfAny() else { return }
            if head.isChunked {
                _ = try? await connection.wire.readToEnd()
            } else {
                let request = try await connection.finishRequest(head)
                try await connection.respond(body: request.body.text)
            }
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                if isDeclared {
                    try await client.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
                    )
                } else {
                    try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                    try await client.send("8\r\n12345678\r\n1\r\n9\r\n")
                }
                let response = try await client.response()
                #expect(response.status == 413 && response["Connection"] == "close")
                #expect(response.informational.isEmpty)
                #expect(try response.error().code == "body_too_large")
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(try await weir.request("POST", "/", body: "12345678").text == "12345678")
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("a connection over the limit is told so and closed; a place that is free again is given")
    func connectionLimit() async throws {
        try await withWeir(
            configure: { $0.limits.connections = 1 }
        ) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { first in
                #expect(try await first.get("/").status == 200)
                try await withRawClient(port: weir.port) { second in
                    let response = try await second.response()
                    #expect(response.status == 503 && response["Retry-After"] == "1")
                    #expect(try response.error().code == "too_many_connections")
                    #expect(response["Cache-Status"] == "weir")
                    #expect(try await second.expectEnd() == .closed)
                }
                #expect(try await first.get("/").status == 200)
            }
            try await weir.wait(for: "the connections to close") { $0.openConnections == 0 }
            #expect(try await weir.request().status == 200)
            #expect(await weir.proxy.snapshot().totals.connectionsRefused == 1)
        }
    }

    @Test("an upstream that cannot be had: the failure's status, code and breaker, then Retry-After while it is open")
    func deadUpstream() async throws {
        try await withWeir(
            configure: { $0.upstreams[0].breaker = BreakerSettings(failures: 4, open: .seconds(60)) }
        ) { _, connection in
            try await connection.respond()
        } _: { weir in
            await weir.origin.stopListening()
            for _ in 0..<2 {
                let response = try await weir.request()
                #expect(response.status == 502)
                #expect(try response.error().code == "upstream_unreachable")
                #expect(response["Retry-After"] == "1")
            }
            let response = try await weir.request()
            #expect(response.status == 503)
            #expect(try response.error().code == "breaker_open")
            // A breaker stays open for up to a tenth less than it says, so that sidecars do not probe together.
            #expect((53...60).map(String.init).contains(response["Retry-After"] ?? ""))
            #expect(response["Cache-Status"] == "weir; fwd=bypass; detail=breaker-open")
        }
    }

    @Test(
        "an upstream that does not answer in HTTP, or in time",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 502, "upstream_malformed"),
            // Broken in the same breath as it began: nothing of it has left yet.
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 502, "upstream_malformed"),
            ("", 504, "upstream_first_byte_timeout"),
        ]
    )
    func badUpstream(answer: String, status: Int, code: String) async throws {
        try await withWeir(
            configure: { if answer.isEmpty { $0.upstreams[0].timeouts.firstByte = .milliseconds(50) } }
        ) { connection in
            try await connection.expectRequest()
            try await connection.send(answer)
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            let response = try await weir.request()
            #expect(response.status == status)
            #expect(try response.error().code == code)
            #expect(response["Connection"] == nil)
        }
    }
}
