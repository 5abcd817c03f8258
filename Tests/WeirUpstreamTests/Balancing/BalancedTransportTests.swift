import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// Several addresses over real connections.
@Suite(.timeLimit(.minutes(1))) struct BalancedTransportTests {
    @Test("Calls go round, each with its address's own Host")
    func hosts() async throws {
        try await withScriptedOrigin(answers("a")) { a in
            try await withScriptedOrigin(answers("b")) { b in
                try await withBalancedTransport(ports: [a.port, b.port]) { upstream in
                    let fields: FieldSection = ["Host": "127.0.0.1:\(a.port)", "X-One": "1", "X-Two": "2"]
                    let heard = try await upstream.calls(4, .test(fields: fields))
                    #expect(heard == ["a", "b", "a", "b"])
                }
                for origin in [a, b] {
                    let head = try #require(origin.requests.first?.head)
                    #expect(head.values("host") == ["127.0.0.1:\(origin.port)"])
                    #expect(head.values("x-one") == ["1"] && head.values("x-two") == ["2"])
                }
            }
        }
    }

    @Test("With `host: preserve` every address sees the client's")
    func preservedHost() async throws {
        try await withScriptedOrigin(answers("a")) { a in
            try await withScriptedOrigin(answers("b")) { b in
                try await withBalancedTransport(ports: [a.port, b.port], host: .preserve) { upstream in
                    _ = try await upstream.calls(2, .test(fields: ["Host": "shop.example"]))
                }
                for origin in [a, b] {
                    #expect(origin.requests.first?.head.values("host") == ["shop.example"])
                }
            }
        }
    }

    @Test("A call under way keeps the next ones away from its address")
    func leastPending() async throws {
        let isAsked = Gate()
        let mayAnswer = Gate()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            isAsked.open()
            try await mayAnswer.wait()
            try await connection.respond(body: "slow")
        } _: { slow in
            try await withScriptedOrigin(answers("quick")) { quick in
                try await withBalancedTransport(ports: [slow.port, quick.port]) { upstream in
                    let first = try await upstream.call()
                    try await isAsked.wait()
                    let others = try await upstream.calls(5)
                    #expect(others == Array(repeating: "quick", count: 5))
                    #expect(upstream.transport.addressSnapshots.map(\.pending) == [1, 0])
                    #expect(upstream.transport.gauges == PoolGauges(active: 1, idle: 1, pending: 0, max: 200))
                    mayAnswer.open()
                    let own = try await first.response().text
                    #expect(own == "slow")
                    #expect(upstream.transport.addressSnapshots.map(\.pending) == [0, 0])
                }
            }
        }
    }

    @Test("An address where nobody listens costs one call, then the others have them all")
    func refused() async throws {
        let dead = try await closedPort()
        try await withScriptedOrigin(answers("b")) { b in
            try await withBalancedTransport(ports: [dead, b.port]) { upstream in
                let heard = try await upstream.calls(12)
                #expect(heard == ["connect"] + Array(repeating: "b", count: 11))
                #expect(upstream.transport.hasSoundAddress)
                #expect(upstream.transport.addressSnapshots.map(\.consecutiveFailures) == [1, 0])
            }
        }
    }

    @Test("An address whose answers are errors is ejected, and shows it")
    func serverErrors() async throws {
        try await withScriptedOrigin(answers("bad", status: "500 Internal Server Error")) { a in
            try await withScriptedOrigin(answers("b")) { b in
                let ejection = EjectionSettings(failures: 2, time: .seconds(30))
                try await withBalancedTransport(ports: [a.port, b.port], ejection: ejection) { upstream in
                    let heard = try await upstream.calls(7)
                    #expect(heard == ["bad", "b", "bad", "b", "b", "b", "b"])
                    let shown = upstream.transport.addressSnapshots[0]
                    #expect(shown.state == .ejected)
                    #expect(shown.url == "http://127.0.0.1:\(a.port)")
                    #expect(shown.calls == 2 && shown.ejections == 1 && shown.ejectedSeconds == 30)
                }
            }
        }
    }

    @Test("Resets eject as well; after its time an address that answers is back")
    func resets() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            if connection.index < 2 { return await connection.reset() }
            try await connection.respond(body: "a")
            try await answers("a")(connection)
        } _: { a in
            try await withScriptedOrigin(answers("b")) { b in
                let ejection = EjectionSettings(failures: 2, time: .milliseconds(1))
                try await withBalancedTransport(ports: [a.port, b.port], ejection: ejection) { upstream in
                    let before = try await upstream.calls(3)
                    #expect(before == ["reset", "b", "reset"])
                    #expect(upstream.transport.addressSnapshots[0].ejections == 1)
                    try await upstream.wait(for: [.returning, .up])
                    let after = try await upstream.calls(2)
                    #expect(Set(after) == ["a", "b"])
                    #expect(upstream.transport.addressSnapshots.map(\.state) == [.up, .up])
                }
            }
        }
    }

    @Test("A call that is cancelled gives its address back, and says nothing of it")
    func cancelled() async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.expectEnd()
        } _: { a in
            try await withBalancedTransport(ports: [a.port, a.port]) { upstream in
                let call = try await upstream.call()
                try await a.waitForRequests(count: 1)
                try await call.cancel()
                let shown = upstream.transport.addressSnapshots.map { [$0.pending, $0.calls, $0.consecutiveFailures] }
                #expect(shown == [[0, 1, 0], [0, 0, 0]])
            }
        }
    }

    @Test("Streamed bodies go to the one address that was chosen")
    func streamed() async throws {
        try await withScriptedOrigin(answers("a")) { a in
            try await withScriptedOrigin(answers("b")) { b in
                try await withBalancedTransport(ports: [a.port, b.port]) { upstream in
                    let call = try await upstream.call(.test(.post, body: .streamed(length: nil)))
                    try await call.send("one ")
                    try await call.send("two")
                    try await call.sendEnd()
                    let heard = try await call.response().text
                    #expect(heard == "a")
                }
                #expect(a.requests.map(\.body.text) == ["one two"])
                #expect(b.requests.isEmpty)
            }
        }
    }

    @Test("One of two addresses that dies opens no breaker; when the other dies too, it opens")
    func breaker() async throws {
        let dead = try await closedPort()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.respond(fields: "Connection: close\r\n", body: "b")
        } _: { b in
            let ejection = EjectionSettings(failures: 1_000)
            try await withBalancedTransport(ports: [dead, b.port], ejection: ejection) { fixture in
                var settings = fixture.settings
                settings.breaker = BreakerSettings(failures: 1)
                settings.retry.attempts = 1
                let upstream = Upstream(settings: settings, transport: fixture.transport)
                let eventLoop = fixture.eventLoop
                func call() async throws -> CallRecord {
                    try await TestCall.start(on: eventLoop) {
                        upstream.call(.test(), service: .other, usesBreaker: true, on: eventLoop, handler: $0)
                    }.outcome()
                }
                func state() -> BreakerState { upstream.breaker(for: .other).state(now: .now()).state }
                let afterOne = try await call().error?.isOfConnection
                #expect(afterOne == true)
                #expect(state() == .closed)
                let fromTheOther = try await call().text
                #expect(fromTheOther == "b")
                #expect(upstream.snapshot().addresses.map(\.calls) == [1, 1])
                await b.stopListening()
                let afterBoth = try await call().error?.isOfConnection
                #expect(afterBoth == true)
                #expect(state() == .open)
            }
        }
    }

    @Test("An upload that its client does not finish in the total time says nothing of its address")
    func slowUpload() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.wire.readToEnd()
        } _: { a in
            try await withScriptedOrigin(answers("b")) { b in
                let ejection = EjectionSettings(failures: 1)
                try await withBalancedTransport(ports: [a.port, b.port], ejection: ejection) { upstream in
                    let timeouts = UpstreamTimeouts(total: .milliseconds(50))
                    let request = UpstreamRequest.test(.post, body: .streamed(length: 9), timeouts: timeouts)
                    let heard = try await upstream.call(request).outcome()
                    #expect(heard.error == .totalTimeout)
                    #expect(upstream.transport.addressSnapshots.map(\.state) == [.up, .up])
                    let whole = UpstreamRequest.test(timeouts: timeouts)
                    // The first is the other's turn.
                    let calls = try await upstream.calls(2, whole)
                    #expect(calls == ["b", "total_timeout"])
                    #expect(upstream.transport.addressSnapshots.map(\.state) == [.ejected, .up])
                }
            }
        }
    }
}
