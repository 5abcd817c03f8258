import NIOCore
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// Requests and responses that go through, over real sockets.
@Suite struct PassThroughTests {
    @Test(
        "every method goes through with its target, its fields and its body",
        arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]
    )
    func methods(method: String) async throws {
        let body: String? = method == "GET" ? nil : "a body for \(method)"
        try await withWeir { request, connection in
            try await connection.respond(
                status: "201 Made",
                fields: "Content-Type: text/x-thing\r\nX-Request-Id: theirs\r\n",
                body: "\(request.method) \(request.target) \(request.body.text)"
            )
        } _: { weir in
            let response = try await weir.request(
                method,
                "/a%2Fb/.../c;d?x=1&x=2",
                fields: "X-Request-Id: mine-1\r\nX-Thing: ü\r\nVia: 1.0 front\r\n",
                body: body
            )
            let text = "\(method) /a%2Fb/.../c;d?x=1&x=2 \(body ?? "")"
            #expect(
                response.head.description == """
                    HTTP/1.1 201 Created\r
                    Content-Type: text/x-thing\r
                    X-Upstream-Request-Id: theirs\r
                    Date: Mon, 01 Jan 2024 00:00:00 GMT\r
                    Cache-Status: weir; fwd=bypass\r
                    X-Request-Id: mine-1\r
                    Via: 1.1 weir\r
                    Content-Length: \(text.utf8.count)
                    """
            )
            #expect(response.text == text)
            let seen = try #require(weir.origin.requests.first)
            #expect(seen["Host"] == "127.0.0.1:\(weir.origin.port)")
            #expect(seen["X-Thing"] == "ü")
            #expect(seen.head.values("Via") == ["1.0 front", "1.1 weir"])
            #expect(seen["X-Forwarded-For"] == "127.0.0.1")
            #expect(seen["X-Forwarded-Proto"] == "http")
            #expect(seen["X-Forwarded-Host"] == "weir.test")
            #expect(seen["X-Request-Id"] == "mine-1")
            #expect(seen["Content-Length"] == body.map { String($0.utf8.count) })
        }
    }

    @Test("a chunked request body arrives whole, chunked, without what its chunks said besides")
    func chunkedRequest() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: request.body.text)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST /up HTTP/1.1\r\nHost: weir.test\r\nTransfer-Encoding: chunked\r\n\r\n")
                try await client.send("4;ext=1\r\nWiki\r\n5\r\npedia\r\n")
                try await client.send("0\r\nX-Trailer: dropped\r\n\r\n")
                let response = try await client.response()
                #expect(response.text == "Wikipedia")
                let seen = try #require(weir.origin.requests.first)
                #expect(seen.body.framing == .chunked && seen.body.trailers.isEmpty)
                // The connection is good for another request.
                #expect(try await client.get("/again").status == 200)
            }
        }
    }

    @Test("a chunked response is passed on piece by piece, each as soon as it comes")
    func chunkedResponse() async throws {
        let gates = [Gate(), Gate()]
        try await withWeir { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n")
            try await connection.send(chunk: "first")
            try await gates[0].wait()
            try await connection.send(chunk: "second")
            try await gates[1].wait()
            try await connection.send("0\r\nX-Trailer: gone\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                let head = try await client.wire.readHead()
                #expect(head.isChunked && head.contentLength == nil && head["X"] == "y")
                #expect(try await client.wire.readChunk() == Array("first".utf8))
                gates[0].open()
                #expect(try await client.wire.readChunk() == Array("second".utf8))
                gates[1].open()
                #expect(try await client.wire.readChunk() == nil)
                #expect(try await client.wire.read(count: 2) == [13, 10])
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                #expect(try await client.response().text == "firstsecond")
            }
        }
    }

    @Test("a response that runs to the end of its connection becomes chunked for HTTP/1.1")
    func closeDelimited() async throws {
        try await withWeir { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\neverything up to the end")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                for _ in 0..<2 {
                    let response = try await client.get("/")
                    #expect(response.body.framing == .chunked)
                    #expect(response.text == "everything up to the end")
                }
            }
            #expect(weir.origin.connectionCount == 2)
        }
    }

    struct Bodiless: Sendable {
        var method = "GET"
        var status: String
        var fields: String
        var expected: [String: String?]
    }

    @Test(
        "responses without a body keep the fields that describe one, and the connection goes on",
        arguments: [
            Bodiless(
                method: "HEAD",
                status: "200 OK",
                fields: "Content-Length: 123\r\n",
                expected: ["Content-Length": "123"]
            ),
            Bodiless(
                method: "HEAD",
                status: "200 OK",
                fields: "Transfer-Encoding: chunked\r\n",
                expected: ["Content-Length": nil, "Transfer-Encoding": nil]
            ),
            Bodiless(status: "204 No Content", fields: "X: y\r\n", expected: ["Content-Length": nil, "X": "y"]),
            Bodiless(
                status: "304 Not Modified",
                fields: "ETag: \"a\"\r\nContent-Length: 7\r\n",
                expected: ["ETag": "\"a\"", "Content-Length": nil]
            ),
        ]
    )
    func bodiless(row: Bodiless) async throws {
        try await withWeir { request, connection in
            if request.target == "/next" { return try await connection.respond(body: "next") }
            try await connection.send("HTTP/1.1 \(row.status)\r\n\(row.fields)\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.request(row.method, "/")
                #expect(response.head.startLine == "HTTP/1.1 \(row.status)")
                for (name, value) in row.expected { #expect(response[name] == value) }
                #expect(try await client.get("/next").text == "next")
            }
            #expect(weir.origin.connectionCount == 1)
        }
    }

    @Test("103 goes through before the final response, 100 and hop-by-hop fields do not")
    func informational() async throws {
        try await withWeir { _, connection in
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send(
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n"
            )
            try await connection.respond(body: "done")
        } _: { weir in
            let response = try await weir.request()
            #expect(response.informational.map(\.startLine) == ["HTTP/1.1 103 Early Hints"])
            #expect(response.informational[0].fields.map(\.name) == ["Link"])
            #expect(response.text == "done")
        }
    }

    @Test("pipelined requests are answered in their order, over one connection to the origin")
    func pipelining() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: request.target + request.body.text)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(
                    (0..<20).map {
                        $0 % 2 == 0
                            ? "GET /\($0) HTTP/1.1\r\nHost: weir.test\r\n\r\n"
                            : "POST /\($0) HTTP/1.1\r\nHost: weir.test\r\nContent-Length: 2\r\n\r\nab"
                    }.joined()
                )
                for index in 0..<20 {
                    #expect(try await client.response().text == "/\(index)" + (index % 2 == 0 ? "" : "ab"))
                }
            }
            #expect(weir.origin.connectionCount == 1)
        }
    }

    @Test("HTTP/1.0 clients get no chunks; the connection's end or a length ends the body")
    func http10() async throws {
        try await withWeir { request, connection in
            if request.target == "/length" { return try await connection.respond(body: "known") }
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "un")
            try await connection.send(chunk: "known")
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET /length HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let kept = try await client.response()
                #expect(kept["Connection"] == "keep-alive" && kept.text == "known")
                try await client.send("GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let last = try await client.response()
                #expect(last.head.startLine == "HTTP/1.1 200 OK" && last["Connection"] == "close")
                #expect(last.body.framing == .close && last.text == "unknown")
            }
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET /length HTTP/1.0\r\n\r\n")
                #expect(try await client.response()["Connection"] == "close")
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(weir.origin.requests.allSatisfy { $0.head.startLine.hasSuffix("HTTP/1.1") })
            #expect(weir.origin.requests[0].head.values("Via") == ["1.0 weir"])
        }
    }

    @Test("Connection: close is answered with the same, and the connection ends in good order")
    func connectionClose() async throws {
        try await withWeir { _, connection in
            try await connection.respond(body: "bye")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.get("/", fields: "Connection: close\r\n")
                #expect(response["Connection"] == "close" && response.text == "bye")
                #expect(try await client.expectEnd() == .closed)
            }
            // The origin's connection lives on.
            #expect(try await weir.request().text == "bye")
            #expect(weir.origin.connectionCount == 1)
        }
    }

    @Test("what is pipelined behind Connection: close is not answered, and does not take the answer away")
    func pipelinedBehindClose() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let next = "GET /next HTTP/1.1\r\nHost: weir.test\r\n\r\n"
                try await client.send(
                    "GET /last HTTP/1.1\r\nHost: weir.test\r\nConnection: close\r\n\r\n"
                        + String(repeating: next, count: 5_000)
                )
                #expect(try await client.response().text == "/last")
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(weir.origin.requests.map(\.target) == ["/last"])
        }
    }

    @Test("Expect: 100-continue is answered as soon as the body is wanted")
    func expectContinue() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: request.body.text + (request["Expect"] ?? ""))
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: weir.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
                )
                #expect(try await client.wire.readHead().startLine == "HTTP/1.1 100 Continue")
                try await client.send("body")
                #expect(try await client.response().text == "body")
            }
        }
    }

    @Test("an answer that comes before the body is whole goes out at once; the rest of the body is read and dropped")
    func earlyAnswer() async throws {
        try await withWeir { connection in
            let head = try await connection.expectHead()
            if head.startWords[1] == "/next" {
                try await connection.finishRequest(head)
                return try await connection.respond(body: "next")
            }
            try await connection.respond(status: "403 Forbidden", body: "no")
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: weir.test\r\nContent-Length: 10\r\n\r\n12345")
                let response = try await client.response()
                #expect(response.status == 403 && response.text == "no" && response["Connection"] == nil)
                try await client.send("67890")
                #expect(try await client.get("/next").text == "next")
            }
        }
    }

    @Test("a client that sends on and on behind an early answer gets that answer, and the connection's end")
    func earlyAnswerToMuch() async throws {
        try await withWeir { connection in
            _ = try await connection.expectHead()
            try await connection.respond(status: "413 Content Too Large", body: "no")
            // Weir stops sending, and does not use the connection again.
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: weir.test\r\nContent-Length: \(8 << 20)\r\n\r\n")
                async let sending: Void = client.send(bytes: patternBytes(count: 8 << 20))
                let response = try await client.response()
                #expect(response.status == 413 && response.text == "no" && response["Connection"] == "close")
                #expect(try await client.wire.readToEnd().bytes.isEmpty)
                _ = try? await sending
            }
            #expect(weir.origin.connectionCount == 1)
        }
    }

    @Test("a client that leaves ends its upstream call")
    func clientLeaves() async throws {
        let ended = Watched<WireEnd?>(nil)
        try await withWeir { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")
            let end = try? await connection.expectEnd()
            ended.update { $0 = end ?? .reset }
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                _ = try await client.wire.readHead()
            }
            try await weir.pass(until: "the client to count as gone") { $0.routes[0].metrics.aborted == 1 }
            _ = try await ended.wait(for: "the origin to see the close") { $0 }
        }
    }

    @Test(
        "an upstream that breaks off mid-body breaks the client's response off visibly",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        ],
        ["1.1", "1.0"]
    )
    func breaksOff(begin: String, version: String) async throws {
        let gate = Gate()
        try await withWeir { connection in
            try await connection.expectRequest()
            try await connection.send(begin)
            try await gate.wait()
            await connection.reset()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/\(version)\r\nHost: weir.test\r\n\r\n")
                let head = try await client.wire.readHead()
                gate.open()
                let (bytes, end) = try await client.wire.readToEnd()
                let text = String(decoding: bytes, as: UTF8.self)
                if head.isChunked {
                    #expect(text == "4\r\npart\r\n")
                } else {
                    #expect(text.isEmpty || text == "part")
                    // Only a reset tells that a close-delimited body is cut short.
                    #expect(head.contentLength == 100 || end == .reset)
                }
            }
            try await weir.wait(for: "the abort to be counted") { $0.routes[0].metrics.aborted == 1 }
        }
    }
}
