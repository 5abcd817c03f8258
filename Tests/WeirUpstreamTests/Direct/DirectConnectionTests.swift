import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// Connections: opening, giving up, waiting for, closing them.
@Suite(.timeLimit(.minutes(1))) struct DirectConnectionTests {
    @Test("A name is looked up")
    func names() async throws {
        try await withDirectTransport(host: "localhost", answersHello) { fixture in
            let response = try await fixture.respond()
            #expect(response.text == "hello")
        }
    }

    @Test("A port where nobody listens refuses, and says where", arguments: ["127.0.0.1", "localhost"])
    func refused(host: String) async throws {
        try await withDirectTransport(host: host, answersHello) { fixture in
            await fixture.origin.stopListening()
            let authority = "\(host):\(fixture.origin.port)"
            let failure = try await fixture.call().error()
            #expect(failure == .connect("\(authority): connection refused"))
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test(
        "A request that a dead idle connection swallowed goes out again, if it may",
        arguments: [
            (RequestMethod.get, UpstreamRequest.Body.none, true),
            (.put, .whole(ByteBuffer(string: "again")), true),
            (.post, .whole(ByteBuffer(string: "once")), false),
            (.put, .streamed(length: 0), false),
        ],
        [WireEnd.closed, .reset]
    )
    func staleConnection(example: (method: RequestMethod, body: UpstreamRequest.Body, isRetried: Bool), end: WireEnd)
        async throws
    {
        try await withDirectTransport { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            try await connection.expectRequest()
            try await connection.respond(body: "hello")
            try await connection.expectRequest()
            if end == .reset { await connection.reset() }
        } _: { fixture in
            try await fixture.respond()
            let call = try await fixture.call(.test(example.method, body: example.body))
            if case .streamed = example.body { try await call.sendEnd() }
            let outcome = try await call.outcome()
            #expect(outcome.error == (example.isRetried ? nil : .lostIdle))
            #expect(fixture.origin.connectionCount == (example.isRetried ? 2 : 1))
            if example.isRetried {
                #expect(outcome.text == "hello")
                let requests = fixture.origin.requests
                #expect(requests[1].body == requests[2].body)
            }
        }
    }

    @Test("A call that wants a new connection gets one, in place of an idle one")
    func wantedNewConnection() async throws {
        try await withDirectTransport(answersHello) { fixture in
            try await fixture.respond()
            var request = UpstreamRequest.test(.post, fields: ["Idempotency-Key": "k"])
            request.needsNewConnection = true
            let call = try await fixture.call(request)
            #expect(try await call.response().text == "hello")
            #expect(fixture.origin.connectionCount == 2)
            #expect(fixture.transport.gauges == PoolGauges(idle: 1, max: 100))
        }
    }

    @Test("A new connection that dies is not tried again")
    func newConnection() async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            await connection.reset()
        } _: { fixture in
            let failure = try await fixture.call().error()
            #expect(failure == .reset)
            #expect(fixture.origin.connectionCount == 1)
        }
    }

    @Test("An idle connection that the peer closes leaves the pool")
    func idleClosed() async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.respond(fields: "X-Connection: \(connection.index)\r\n")
            if connection.index == 0 { await connection.close() } else { try await connection.expectEnd() }
        } _: { fixture in
            try await fixture.respond()
            #expect(try await fixture.respond().head?.fields.string(named: "X-Connection") == "1")
            #expect(fixture.transport.gauges == PoolGauges(idle: 1, max: 100))
        }
    }

    @Test("Bytes that nobody asked for close an idle connection")
    func unsolicited() async throws {
        let isIdle = Gate()
        let isClosed = Gate()
        try await withDirectTransport { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            try await connection.expectRequest()
            try await connection.respond()
            try await isIdle.wait()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
            try await connection.expectEnd()
            isClosed.open()
        } _: { fixture in
            try await fixture.respond()
            isIdle.open()
            try await isClosed.wait()
            #expect(try await fixture.respond().text == "hello")
            #expect(fixture.origin.connectionCount == 2)
        }
    }

    @Test("An idle connection closes when its time is over")
    func idleExpiry() async throws {
        let isClosed = Gate()
        try await withDirectTransport(pool: PoolSettings(idle: .milliseconds(20))) { connection in
            try await connection.expectRequest()
            try await connection.respond()
            #expect(try await connection.expectEnd() == .closed)
            isClosed.open()
        } _: { fixture in
            try await fixture.respond()
            try await isClosed.wait()
            // What the origin has seen may still be under way on the loop.
            try await fixture.eventLoop.submit {}.get()
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test("A call of a higher priority takes the place of the newest of the lowest in a full queue, and goes first")
    func priorities() async throws {
        let mayAnswer = Gate()
        try await withDirectTransport(pool: PoolSettings(max: 1, pending: 2)) { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/first" { try await mayAnswer.wait() }
                try await connection.respond(body: request.target)
            }
        } _: { fixture in
            let first = try await fixture.call(.test(.get, "/first"))
            let standard = try await fixture.call(.test(.get, "/standard"))
            let bulk = try await fixture.call(.test(.get, "/bulk", priority: .bulk))
            let critical = try await fixture.call(.test(.get, "/critical", priority: .critical))
            #expect(try await bulk.error() == .busy)
            #expect(try await fixture.call(.test(.get, "/late")).error() == .busy)
            mayAnswer.open()
            for call in [first, critical, standard] { _ = try await call.response() }
            #expect(fixture.origin.requests.map(\.target) == ["/first", "/critical", "/standard"])
        }
    }

    @Test("A call beyond the limit waits, one beyond the queue is refused")
    func pendingAndBusy() async throws {
        let mayAnswer = Gate()
        try await withDirectTransport(pool: PoolSettings(max: 1, pending: 1)) { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/first" { try await mayAnswer.wait() }
                try await connection.respond(body: request.target)
            }
        } _: { fixture in
            let first = try await fixture.call(.test(.get, "/first"))
            let second = try await fixture.call(.test(.get, "/second"))
            #expect(fixture.transport.gauges == PoolGauges(active: 1, pending: 1, max: 1))
            #expect(try await fixture.call(.test(.get, "/third")).error() == .busy)
            mayAnswer.open()
            #expect(try await first.response().text == "/first")
            #expect(try await second.response().text == "/second")
            #expect(fixture.origin.connectionCount == 1)
        }
    }

    @Test("A call does not wait longer than it may")
    func pendingWait() async throws {
        try await withDirectTransport(pool: PoolSettings(max: 1, pendingWait: .milliseconds(20))) { connection in
            try await connection.expectRequest()
            try await connection.expectEnd()
        } _: { fixture in
            let first = try await fixture.call()
            #expect(try await fixture.call().error() == .busy)
            let impatient = UpstreamRequest.test(timeouts: UpstreamTimeouts(total: .milliseconds(1)))
            #expect(try await fixture.call(impatient).error() == .totalTimeout)
            #expect(fixture.transport.gauges == PoolGauges(active: 1, max: 1))
            try await first.cancel()
        }
    }

    @Test("A cancelled call closes its connection, and its handler hears no more")
    func cancelled() async throws {
        let hasRequest = Gate()
        let isClosed = Gate()
        try await withDirectTransport(pool: PoolSettings(max: 1)) { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            try await connection.expectRequest()
            hasRequest.open()
            try await connection.expectEnd()
            isClosed.open()
        } _: { fixture in
            let call = try await fixture.call()
            let waiting = try await fixture.call()
            let alsoWaiting = try await fixture.call()
            try await hasRequest.wait()
            try await waiting.cancel()
            try await call.cancel()
            try await isClosed.wait()
            #expect(try await alsoWaiting.response().text == "hello")
            for cancelled in [call, waiting] {
                #expect(cancelled.record.value.lateWords == 0)
                #expect(!cancelled.record.value.isOver)
            }
        }
    }

    @Test("A connection whose call is cancelled on its way up serves the next")
    func cancelledWhileConnecting() async throws {
        try await withDirectTransport(answersHello) { fixture in
            let call = try await fixture.call(then: {
                $0.call?.cancel()
                $0.isCancelled = true
            })
            try await fixture.origin.waitForConnections(count: 1)
            #expect(try await fixture.respond().text == "hello")
            #expect(call.record.value.lateWords == 0)
            #expect(fixture.origin.requests.count == 1)
        }
    }

    @Test("A call begun at the end of another finds its connection")
    func nextFromWithin() async throws {
        try await withDirectTransport(answersHello) { fixture in
            let next = Watched(CallRecord())
            let (transport, eventLoop) = (fixture.transport, fixture.eventLoop)
            let call = try await fixture.call(prepare: {
                $0.onEnd = {
                    let handler = RecordingHandler(record: next)
                    handler.call = transport.start(.test(.get, "/next"), on: eventLoop, handler: handler)
                }
            })
            #expect(try await call.response().text == "hello")
            let record = try await next.wait(for: "the next response") { $0.isOver ? $0 : nil }
            #expect(record.text == "hello")
            #expect(fixture.origin.requests.map(\.target) == ["/", "/next"])
            #expect(fixture.origin.connectionCount == 1)
        }
    }

    @Test(
        "An upstream that is too slow is told apart by what it is slow with",
        arguments: [
            ("", UpstreamTimeouts(firstByte: .milliseconds(20)), UpstreamError.firstByteTimeout),
            ("HTTP/1.1 200 OK\r\n", UpstreamTimeouts(idle: .milliseconds(20)), .idleTimeout),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", UpstreamTimeouts(idle: .milliseconds(20)),
                .idleTimeout
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", UpstreamTimeouts(total: .milliseconds(20)),
                .totalTimeout
            ),
            ("", UpstreamTimeouts(total: .milliseconds(20)), .totalTimeout),
        ]
    )
    func timeouts(sends: String, timeouts: UpstreamTimeouts, error: UpstreamError) async throws {
        try await withDirectTransport { connection in
            try await connection.expectRequest()
            try await connection.send(sends)
            try await connection.expectEnd()
        } _: { fixture in
            let failure = try await fixture.call(.test(timeouts: timeouts)).error()
            #expect(failure == error)
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test("A reader that pauses is not a slow upstream")
    func pausedReader() async throws {
        let isPaused = Gate()
        try await withDirectTransport { connection in
            guard connection.index == 0 else { return try await answersHello(connection) }
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            try await isPaused.wait()
            try await connection.send("whole")
        } _: { fixture in
            // Long enough for a busy machine to get to the end of the answer within it.
            let timeouts = UpstreamTimeouts(idle: .milliseconds(500))
            let call = try await fixture.call(.test(timeouts: timeouts), prepare: { $0.pausesAtHead = true })
            try await call.record.wait(for: "the head") { $0.head != nil ? () : nil }
            // Another call that the same limit ends: by then it would have ended this one.
            let other = try await fixture.call(.test(timeouts: UpstreamTimeouts(firstByte: .milliseconds(750))))
            _ = try await other.outcome()
            isPaused.open()
            try await call.setReading(true)
            #expect(try await call.response().text == "whole")
        }
    }

    @Test("Shutting down lets calls finish, closes what is idle, and refuses new ones")
    func shutdown() async throws {
        let mayAnswer = Gate()
        let isIdleClosed = Gate()
        try await withDirectTransport { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/slow" { try await mayAnswer.wait() }
                try await connection.respond(body: request.target)
            }
            isIdleClosed.open()
        } _: { fixture in
            let slow = try await fixture.call(.test(.get, "/slow"))
            try await fixture.respond(.test(.get, "/quick"))
            async let shutdown: Void = fixture.transport.shutdown()
            try await isIdleClosed.wait()
            #expect(try await fixture.call().error() == .draining)
            mayAnswer.open()
            #expect(try await slow.response().text == "/slow")
            await shutdown
            #expect(fixture.transport.gauges == PoolGauges(max: 100))
        }
    }

    @Test("Cancelling the shutdown ends the calls that are left")
    func abort() async throws {
        let hasRequest = Gate()
        try await withDirectTransport(pool: PoolSettings(max: 1)) { connection in
            try await connection.expectRequest()
            hasRequest.open()
            try await connection.expectEnd()
        } _: { fixture in
            let active = try await fixture.call()
            let waiting = try await fixture.call()
            try await hasRequest.wait()
            let shutdown = Task { await fixture.transport.shutdown() }
            shutdown.cancel()
            await shutdown.value
            #expect(try await active.error() == .draining)
            #expect(try await waiting.error() == .draining)
        }
    }
}
