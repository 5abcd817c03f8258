import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// What comes back over a connection, and whether the connection is used again.
@Suite(.timeLimit(.minutes(1))) struct DirectResponseTests {
    @Test("One connection carries one request after another")
    func keepAlive() async throws {
        try await withDirectTransport(answersHello) { fixture in
            for _ in 0..<5 {
                let response = try await fixture.respond()
                #expect(response.status == 200)
                #expect(response.text == "hello")
                #expect(fixture.transport.gauges == PoolGauges(active: 0, idle: 1, pending: 0, max: 100))
            }
            #expect(fixture.origin.connectionCount == 1)
            #expect(
                fixture.origin.requests.map(\.head.description)
                    == Array(
                        repeating: "GET / HTTP/1.1\r\nHost: origin.test",
                        count: 5
                    )
            )
        }
    }

    /// What an origin sends, to which method, and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var method = RequestMethod.get
        var sends: String
        var body = ""
        var isReused = true
        var testDescription: String { name }
    }

    @Test(
        "Every framing is read to its end, and the connection used again where it may be",
        arguments: [
            Case(name: "a length", sends: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", body: "abc"),
            Case(name: "no length", sends: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            Case(
                name: "chunked",
                sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                body: "abc"
            ),
            Case(name: "HEAD", method: .head, sends: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"),
            Case(name: "204", sends: "HTTP/1.1 204 No Content\r\n\r\n"),
            Case(name: "304", sends: "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"),
            Case(
                name: "Connection: close",
                sends: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
                body: "abc",
                isReused: false
            ),
            Case(
                name: "HTTP/1.0",
                sends: "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                body: "abc",
                isReused: false
            ),
            Case(
                name: "more than the length",
                sends: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n",
                body: "abc",
                isReused: false
            ),
        ]
    )
    func framing(_ example: Case) async throws {
        try await withDirectTransport { connection in
            while try await connection.nextRequest() != nil { try await connection.send(example.sends) }
        } _: { fixture in
            for _ in 0..<2 {
                let response = try await fixture.respond(.test(example.method))
                #expect(response.text == example.body)
                #expect(response.trailers == [:])
            }
            #expect(fixture.origin.connectionCount == (example.isReused ? 1 : 2))
            #expect(fixture.transport.gauges.active == 0)
        }
    }

    @Test("A body without a length ends with the connection")
    func closeDelimited() async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\nto the ")
            try await connection.send("end")
            await connection.close()
        } _: { fixture in
            let response = try await fixture.respond()
            #expect(response.text == "to the end")
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test("Trailers come with the end")
    func trailers() async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 7\r\n\r\n")
        } _: { fixture in
            let response = try await fixture.respond()
            #expect(response.trailers == ["X-Sum": "7"])
        }
    }

    @Test("Interim responses come before the final one")
    func informational() async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            try await connection.respond(body: "final")
        } _: { fixture in
            let response = try await fixture.respond()
            #expect(response.informational == [100, 103])
            #expect(response.text == "final")
        }
    }

    @Test(
        "What is not HTTP, or too much of it, is malformed",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 11),
            "HTTP/1.1 200 OK\r\nX-Long: " + String(repeating: "x", count: 40 << 10) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ]
    )
    func malformed(sends: String) async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            // The transport may close before all of it is written.
            try? await connection.send(sends)
            _ = try await connection.wire.readToEnd()
        } _: { fixture in
            let error = try await fixture.call().error()
            guard case .malformed(let reason)? = error else { throw WireMismatch("\(String(describing: error))") }
            #expect(!reason.isEmpty)
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test(
        "A response that breaks off is a reset, with what came of it before",
        arguments: [
            ("", ""),
            ("HTTP/1.1 200 O", ""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", ""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "abc"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "abc"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "abc"),
        ],
        [WireEnd.closed, .reset]
    )
    func brokenOff(example: (sends: String, body: String), end: WireEnd) async throws {
        let isRead = Gate()
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send(example.sends)
            // A reset takes back what has not been read.
            if !example.body.isEmpty { try await isRead.wait() }
            if end == .reset { await connection.reset() }
        } _: { fixture in
            let call = try await fixture.call()
            try await call.record.wait(for: "the body") { $0.bodyCount == example.body.utf8.count ? () : nil }
            isRead.open()
            let outcome = try await call.outcome()
            #expect(outcome.error == .reset)
            #expect(outcome.text == example.body)
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test("A body that runs to the end of the connection and ends in a reset is not whole")
    func closeDelimitedReset() async throws {
        let isRead = Gate()
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\nabc")
            try await isRead.wait()
            await connection.reset()
        } _: { fixture in
            let call = try await fixture.call()
            try await call.record.wait(for: "the body") { $0.bodyCount == 3 ? () : nil }
            isRead.open()
            let outcome = try await call.outcome()
            #expect(outcome.error == .reset)
            #expect(outcome.text == "abc")
        }
    }

    @Test("Every event of a stream comes when it is sent, with a burst behind it")
    func events() async throws {
        let gates = [Gate(), Gate(), Gate()]
        let end = Gate()
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for (index, gate) in gates.enumerated() {
                try await gate.wait()
                try await connection.send(chunk: "data: \(index)\n\n")
            }
            try await end.wait()
            try await connection.send(chunk: "")
        } _: { fixture in
            let call = try await fixture.call()
            try await call.record.wait(for: "the head") { $0.head != nil && $0.bursts >= 1 ? () : nil }
            for (index, gate) in gates.enumerated() {
                gate.open()
                try await call.record.wait(for: "event \(index)") {
                    $0.text.hasSuffix("data: \(index)\n\n") && $0.bursts >= index + 2 ? () : nil
                }
            }
            end.open()
            #expect(try await call.response().text == "data: 0\n\ndata: 1\n\ndata: 2\n\n")
        }
    }

    @Test("Responses are not read while nobody wants them")
    func backPressure() async throws {
        let piece = patternBytes(count: 1 << 20)
        let pieces = 64
        let sent = Watched(0)
        try await withDirectTransport { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(pieces << 20)\r\n\r\n")
            for _ in 0..<pieces {
                try await connection.send(bytes: piece)
                sent.update { $0 += 1 }
            }
        } _: { fixture in
            let expected = ByteBuffer(bytes: piece)
            let call = try await fixture.call(prepare: {
                $0.pausesAtHead = true
                $0.expectedPiece = expected
            })
            try await call.record.wait(for: "the head") { $0.head != nil ? () : nil }
            // Time enough for all of it to pass, if it could.
            for _ in 0..<200 { #expect(try await fixture.respond().text == "hello") }
            #expect(call.record.value.bodyCount < 1 << 20)
            #expect(sent.value < pieces / 2)
            try await call.setReading(true)
            #expect(try await call.response().bodyCount == pieces << 20)
        }
    }
}
