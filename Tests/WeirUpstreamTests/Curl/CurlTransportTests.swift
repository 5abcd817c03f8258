import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// Against an origin that does what each test tells it, over plain HTTP/1.1.
@Suite("CurlTransport", .timeLimit(.minutes(2)))
struct CurlTransportTests {
    @Test("A request goes out with its own fields and no others")
    func request() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.respond()
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let fields: FieldSection = ["X-One": "a, b", "x-EMPTY": "", "X-One": "c;d", "X-Semi;": "x"]
                var sent = fields
                sent.removeAll(named: "X-Semi;")
                let heard = try await rig.get("/a/../b%2Fc?q=1&r=//", fields: sent)
                #expect(heard.error == nil)
            }
            let head = try #require(origin.requests.first?.head)
            #expect(head.startLine == "GET /a/../b%2Fc?q=1&r=// HTTP/1.1")
            #expect(
                head.fields.map { "\($0.name): \($0.value)" }
                    == ["Host: 127.0.0.1:\(origin.port)", "X-One: a, b", "x-EMPTY: ", "X-One: c;d"]
            )
        }
    }

    @Test(
        "A method goes out with the framing that its body asks for",
        arguments: [
            (RequestMethod.get, 0, nil), (.post, 0, "0"), (.put, 0, "0"), (.patch, 0, "0"), (.delete, 0, nil),
            (.options, 0, nil), (.get, 3, "3"), (.post, 3, "3"), (.delete, 3, "3"),
        ] as [(RequestMethod, Int, String?)]
    )
    func framing(method: RequestMethod, count: Int, length: String?) async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.respond(body: "ok")
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let body: UpstreamRequest.Body = count == 0 ? .none : .whole(ByteBuffer(repeating: 120, count: count))
                let heard = try await rig.call(rig.request(method, "/x", body: body)).finish()
                #expect(heard.text == "ok")
            }
            let request = try #require(origin.requests.first)
            #expect(request.method == "\(method)".uppercased())
            #expect(request["Content-Length"] == length)
            #expect(request["Transfer-Encoding"] == nil)
            #expect(request.body.bytes.count == count)
        }
    }

    @Test("A streamed body goes out piece by piece as it comes, chunked where its length is unknown")
    func streamedBody() async throws {
        let isFirstRead = Gate()
        try await withScriptedOrigin { connection in
            let head = try await connection.expectHead()
            #expect(head.isChunked)
            #expect(head["Content-Length"] == nil)
            #expect(try await connection.wire.readChunk() == Array("first".utf8))
            isFirstRead.open()
            #expect(try await connection.wire.readChunk() == Array("second".utf8))
            #expect(try await connection.wire.readChunk() == nil)
            try await connection.respond(body: "done")
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let call = try await rig.call(rig.request(.post, "/", body: .streamed(length: nil)))
                try await call.run { $0.send(body: ByteBuffer(string: "first")) }
                try await isFirstRead.wait()
                try await call.run {
                    $0.send(body: ByteBuffer(string: "second"))
                    $0.sendEnd()
                }
                let heard = try await call.finish()
                #expect(heard.text == "done")
            }
        }
    }

    @Test("A body that the origin does not read is not wanted for a while")
    func uploadBackPressure() async throws {
        let isFull = Gate()
        let count = 8 << 20
        try await withScriptedOrigin { connection in
            try await connection.wire.pauseReading()
            try await isFull.wait()
            try await connection.wire.resumeReading()
            let request = try await connection.expectRequest()
            let isWhole = request.body.bytes == patternBytes(count: count)
            #expect(isWhole)
            try await connection.respond()
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let call = try await rig.call(rig.request(.put, "/", body: .streamed(length: UInt64(count))))
                var sent = 0
                while call.heard.value.bodyWanted.isEmpty, sent < count {
                    let piece = ByteBuffer(bytes: patternBytes(count: 64 << 10, from: sent))
                    try await call.run { $0.send(body: piece) }
                    sent += piece.readableBytes
                }
                #expect(call.heard.value.bodyWanted.first == false)
                isFull.open()
                try await call.wait(for: "the word to go on") { $0.bodyWanted.last == true }
                while sent < count {
                    let piece = ByteBuffer(bytes: patternBytes(count: 64 << 10, from: sent))
                    try await call.run { $0.send(body: piece) }
                    sent += piece.readableBytes
                }
                try await call.run { $0.sendEnd() }
                let heard = try await call.finish()
                #expect(heard.error == nil)
                #expect(heard.head?.status == 200)
            }
        }
    }

    @Test("Fewer bytes than announced break the call off")
    func shortUpload() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.expectHead()
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let call = try await rig.call(rig.request(.put, "/", body: .streamed(length: 10)))
                try await call.run {
                    $0.send(body: ByteBuffer(string: "short"))
                    $0.sendEnd()
                }
                let heard = try await call.finish()
                #expect(heard.error == .reset)
            }
        }
    }

    @Test("Informational responses come before the final one, and trailers after it")
    func informational() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
            try await connection.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n3\r\nabc\r\n0\r\nServer: t\r\nHost: x\r\n\r\n"
            )
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get("/")
                #expect(heard.informational.map(\.status) == [103])
                #expect(heard.informational.first?.fields.string(.link) == "</a.css>")
                #expect(heard.head?.framing == .chunked)
                #expect(heard.head?.fields.string(named: "x-a") == "1")
                #expect(heard.text == "abc")
                #expect(heard.trailers == ["Server": "t"])
            }
        }
    }

    @Test(
        "A response cut short is a reset, never an end",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\n",
        ]
    )
    func cutShort(response: String) async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.send(response)
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get("/")
                #expect(heard.error == .reset)
                #expect(heard.trailers == nil)
            }
        }
    }

    @Test(
        "What is not HTTP is malformed",
        arguments: [
            "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n", "HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\nX-A: 1\n\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        ]
    )
    func malformed(response: String) async throws { try await expectMalformed(response) }

    @Test("A head without end, in bytes, fields or interim responses, is malformed")
    func endless() async throws {
        try await expectMalformed("HTTP/1.1 200 OK\r\nX-A: \(String(repeating: "a", count: 40_000))\r\n\r\n")
        try await expectMalformed("HTTP/1.1 200 OK\r\n\(String(repeating: "X-A: 1\r\n", count: 201))\r\n")
        let interim = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 17)
        try await expectMalformed("\(interim)HTTP/1.1 200 OK\r\n\r\n")
    }

    private func expectMalformed(_ response: String) async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.send(response)
            _ = try? await connection.wire.readToEnd()
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get("/")
                guard case .malformed? = heard.error else {
                    Issue.record("\(String(describing: heard.error))")
                    return
                }
                #expect(heard.head == nil)
            }
        }
    }

    @Test("A body without a length runs to the end of the connection")
    func untilClose() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.0 200 OK\r\n\r\nall of it")
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get("/")
                #expect(heard.head?.version == .http10)
                #expect(heard.head?.framing == .untilClose)
                #expect(heard.text == "all of it")
                #expect(heard.error == nil)
                // A handle that has met an HTTP/1.0 server is as good as new.
                let call = try await rig.call(rig.request(.post, "/", body: .streamed(length: nil)))
                try await call.run { $0.sendEnd() }
                let second = try await call.finish()
                #expect(second.error == nil)
            }
            #expect(origin.requests.last?.head.isChunked == true)
        }
    }

    @Test("An encoded body comes as it is")
    func encoded() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.respond(fields: "Content-Encoding: gzip\r\n", body: "not gzip at all")
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get("/")
                #expect(heard.head?.fields.string(.contentEncoding) == "gzip")
                #expect(heard.text == "not gzip at all")
            }
        }
    }

    @Test("A redirect is passed on, not followed")
    func redirect() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.respond(status: "302 Found", fields: "Location: /elsewhere\r\n")
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get("/")
                #expect(heard.head?.status == 302)
            }
            #expect(origin.requests.count == 1)
        }
    }
}
