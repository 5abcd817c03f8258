import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// What goes out over a connection.
@Suite(.timeLimit(.minutes(1))) struct DirectRequestTests {
    @Test(
        "A body says its length, and a method that could have one says that it has none",
        arguments: [
            (RequestMethod.get, nil, "GET /a?b=c HTTP/1.1\r\nHost: origin.test"),
            (.delete, nil, "DELETE /a?b=c HTTP/1.1\r\nHost: origin.test"),
            (.post, nil, "POST /a?b=c HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 0"),
            (.post, "", "POST /a?b=c HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 0"),
            (.put, "abc", "PUT /a?b=c HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 3"),
        ] as [(RequestMethod, String?, String)]
    )
    func heads(method: RequestMethod, body: String?, head: String) async throws {
        try await withDirectTransport(answersHello) { fixture in
            let body = body.map { UpstreamRequest.Body.whole(ByteBuffer(string: $0)) } ?? .none
            try await fixture.respond(.test(method, "/a?b=c", body: body))
            #expect(fixture.origin.requests.map(\.head.description) == [head])
        }
    }

    @Test("A whole body of any size arrives as it is", arguments: [1, 4096, 16 << 10, (16 << 10) + 1, 5 << 20])
    func wholeBodies(count: Int) async throws {
        try await withDirectTransport(answersHello) { fixture in
            let bytes = patternBytes(count: count)
            for _ in 0..<2 { try await fixture.respond(.test(.post, body: .whole(ByteBuffer(bytes: bytes)))) }
            #expect(fixture.origin.requests.allSatisfy { $0.body.bytes == bytes })
            #expect(fixture.origin.connectionCount == 1)
        }
    }

    @Test("A streamed body without a length is chunked")
    func chunked() async throws {
        try await withDirectTransport(answersHello) { fixture in
            let long = String(decoding: patternBytes(count: 10_000).map { $0 & 0x7F }, as: UTF8.self)
            let call = try await fixture.call(.test(.post, body: .streamed(length: nil)))
            try await call.send("first")
            try await call.send("")
            try await call.send(long)
            try await call.sendEnd()
            #expect(try await call.response().text == "hello")
            let body = try #require(fixture.origin.requests.first?.body)
            #expect(body.text == "first" + long)
            #expect(body.chunkSizes == [5, 10_000])
            // The connection is good for another.
            try await fixture.respond()
            #expect(fixture.origin.connectionCount == 1)
        }
    }

    @Test("A streamed body with a length goes as it is")
    func streamedLength() async throws {
        try await withDirectTransport(answersHello) { fixture in
            let call = try await fixture.call(.test(.put, body: .streamed(length: 10)))
            try await call.send("hello")
            try await call.send("world")
            try await call.sendEnd()
            #expect(try await call.response().status == 200)
            let body = try #require(fixture.origin.requests.first?.body)
            #expect(body == WireBody(framing: .length, bytes: Array("helloworld".utf8)))
        }
    }

    @Test("The head of a streamed request goes out before its body")
    func headFirst() async throws {
        let hasHead = Gate()
        try await withDirectTransport { connection in
            let head = try await connection.expectHead()
            hasHead.open()
            try await connection.finishRequest(head)
            try await connection.respond()
        } _: { fixture in
            let call = try await fixture.call(.test(.post, body: .streamed(length: 3)))
            try await hasHead.wait()
            try await call.send("abc")
            try await call.sendEnd()
            #expect(try await call.response().status == 200)
        }
    }

    @Test("What comes of a body before there is a connection is kept, and sent")
    func queuedBody() async throws {
        try await withDirectTransport(answersHello) { fixture in
            let call = try await fixture.call(
                .test(.post, body: .streamed(length: nil)),
                then: { $0.beginFeeding(ByteBuffer(string: "piece"), times: 3) }
            )
            #expect(try await call.response().status == 200)
            #expect(fixture.origin.requests.first?.body.text == "piecepiecepiece")
        }
    }

    @Test("The transport asks to wait with a body that the upstream does not take")
    func backPressure() async throws {
        let isPaused = Gate()
        let mayRead = Gate()
        let piece = ByteBuffer(bytes: patternBytes(count: 64 << 10))
        let pieces = 1024
        try await withDirectTransport { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            let head = try await connection.expectHead()
            try await connection.wire.pauseReading()
            isPaused.open()
            try await mayRead.wait()
            try await connection.wire.resumeReading()
            try await connection.finishRequest(head)
            try await connection.respond()
        } _: { fixture in
            let call = try await fixture.call(.test(.post, body: .streamed(length: UInt64(pieces << 16))))
            try await isPaused.wait()
            try await call.onLoop { $0.beginFeeding(piece, times: pieces) }
            for _ in 0..<200 { #expect(try await fixture.respond().text == "hello") }
            #expect(call.record.value.fed < pieces << 15)
            #expect(call.record.value.waits > 0)
            mayRead.open()
            #expect(try await call.response().status == 200)
            let body = try #require(fixture.origin.requests.last { $0.method == "POST" }?.body.bytes)
            #expect(body.count == pieces << 16)
            #expect(body.suffix(piece.readableBytes).elementsEqual(piece.readableBytesView))
        }
    }

    @Test("An error that comes early is passed on, the sending ends, and the connection closes")
    func earlyError() async throws {
        try await withDirectTransport { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            _ = try await connection.expectHead()
            #expect(try await connection.wire.readChunk() == Array("first".utf8))
            try await connection.respond(status: "413 Content Too Large", body: "no")
            #expect(try await connection.expectEnd() == .closed)
        } _: { fixture in
            let call = try await fixture.call(.test(.post, body: .streamed(length: nil)))
            try await call.send("first")
            let response = try await call.response()
            #expect(response.status == 413)
            #expect(response.text == "no")
            // What is sent behind the end goes nowhere.
            try await call.send("second")
            try await call.sendEnd()
            try await fixture.respond()
            #expect(fixture.origin.connectionCount == 2)
        }
    }

    @Test("A peer that answers while it reads is served both ways")
    func bothWays() async throws {
        try await withDirectTransport { connection in
            let head = try await connection.expectHead()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while let chunk = try await connection.wire.readChunk() {
                try await connection.send(chunk: String(decoding: chunk, as: UTF8.self).uppercased())
            }
            #expect(head.isChunked)
            try await connection.send(chunk: "")
        } _: { fixture in
            let call = try await fixture.call(.test(.post, body: .streamed(length: nil)))
            for (sent, heard) in [("a", "A"), ("b", "AB"), ("c", "ABC")] {
                try await call.send(sent)
                try await call.record.wait(for: heard) { $0.text == heard ? () : nil }
            }
            try await call.sendEnd()
            #expect(try await call.response().text == "ABC")
        }
    }
}
