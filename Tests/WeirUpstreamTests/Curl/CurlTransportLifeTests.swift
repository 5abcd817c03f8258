import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// How calls end other than by a response: limits, times, cancellation, shutdown.
@Suite("The life of a call through libcurl", .timeLimit(.minutes(2)))
struct CurlTransportLifeTests {
    /// Answers with the target that was asked for; `/held` once the gate is open.
    private func echo(holdingUntil isFree: Gate) -> ScriptedOrigin.Script {
        { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/held" { try await isFree.wait() }
                try await connection.respond(body: request.target)
            }
        }
    }

    // MARK: Connecting

    @Test("A port that nobody listens on is a failure to connect")
    func refused() async throws {
        let port = try await withScriptedOrigin { _ in
        } _: { origin in
            origin.port
        }
        try await withCurl(to: UpstreamURL(scheme: .http, host: "127.0.0.1", port: port)) { rig in
            guard case .connect(let reason)? = try await rig.get("/").error else {
                Issue.record("not a failure to connect")
                return
            }
            #expect(reason.contains("connect"))
        }
    }

    @Test("A name that does not exist is a failure to connect")
    func unresolvable() async throws {
        // RFC 6761 §6.4: never resolves.
        try await withCurl(to: UpstreamURL(scheme: .https, host: "weir.invalid")) { rig in
            let error = try await rig.get("/").error
            guard case .connect? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("An upstream that never finishes the TLS handshake is too slow to connect")
    func connectTimeout() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            let url = UpstreamURL(scheme: .https, host: "127.0.0.1", port: origin.port)
            try await withCurl(to: url, timeouts: UpstreamTimeouts(connect: .milliseconds(50))) { rig in
                let heard = try await rig.get("/")
                #expect(heard.error == .connectTimeout)
            }
        }
    }

    @Test("An upstream that does not speak TLS is an error of TLS")
    func plainAnswer() async throws {
        try await withScriptedOrigin { connection in
            try await connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            // A handshake's first record, on every connection: never a request in the clear.
            #expect(try await connection.wire.readToEnd().bytes.prefix(2) == [0x16, 0x03])
        } _: { origin in
            try await withCurl(to: UpstreamURL(scheme: .https, host: "127.0.0.1", port: origin.port)) { rig in
                let error = try await rig.get("/").error
                guard case .tls? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    // MARK: Times

    @Test(
        "Each time has its own error",
        arguments: [
            (UpstreamTimeouts(firstByte: .milliseconds(50)), "", UpstreamError.firstByteTimeout),
            (UpstreamTimeouts(firstByte: .milliseconds(50)), "HTTP/1.1 103 Early Hints\r\n\r\n", .firstByteTimeout),
            (
                UpstreamTimeouts(idle: .milliseconds(50)), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
                .idleTimeout
            ),
            (
                UpstreamTimeouts(total: .milliseconds(50)), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
                .totalTimeout
            ),
        ]
    )
    func times(timeouts: UpstreamTimeouts, response: String, error: UpstreamError) async throws {
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.send(response)
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            try await withCurl(to: .plain(origin), timeouts: timeouts) { rig in
                let heard = try await rig.get("/")
                #expect(heard.error == error)
            }
        }
    }

    // MARK: Limits

    @Test("Calls beyond the bound wait in order, further ones are refused, and each gets its turn")
    func queue() async throws {
        let isSeen = Gate()
        try await withScriptedOrigin { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/0" { try await isSeen.wait() }
                try await connection.respond(body: request.target)
            }
        } _: { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1, pending: 2)) { rig in
                var calls: [CallUnderTest] = []
                for index in 0..<3 { calls.append(try await rig.call(rig.request(.get, "/\(index)"))) }
                let refused = try await rig.get("/3")
                #expect(refused.error == .busy)
                #expect(rig.transport.gauges.pending == 2)
                #expect(rig.transport.gauges.active == 1)
                isSeen.open()
                for (index, call) in calls.enumerated() {
                    let heard = try await call.finish()
                    #expect(heard.text == "/\(index)")
                }
                #expect(origin.requests.map(\.target) == ["/0", "/1", "/2"])
            }
        }
    }

    @Test("A call of a higher priority takes the place of the newest of the lowest in a full queue, and goes first")
    func priorities() async throws {
        let mayAnswer = Gate()
        try await withScriptedOrigin { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/first" { try await mayAnswer.wait() }
                try await connection.respond(body: request.target)
            }
        } _: { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1, pending: 2)) { rig in
                func call(_ target: String, _ priority: CallPriority) async throws -> CallUnderTest {
                    var request = rig.request(.get, target)
                    request.priority = priority
                    return try await rig.call(request)
                }
                let first = try await call("/first", .standard)
                let standard = try await call("/standard", .standard)
                let bulk = try await call("/bulk", .bulk)
                let critical = try await call("/critical", .critical)
                #expect(try await bulk.finish().error == .busy)
                #expect(try await rig.get("/late").error == .busy)
                mayAnswer.open()
                for call in [first, critical, standard] { #expect(try await call.finish().error == nil) }
                #expect(origin.requests.map(\.target) == ["/first", "/critical", "/standard"])
            }
        }
    }

    @Test("A call that waits too long for its turn is refused")
    func pendingWait() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            let pool = PoolSettings(max: 1, pendingWait: .milliseconds(50))
            try await withCurl(to: .plain(origin), pool: pool) { rig in
                let first = try await rig.call(rig.request(.get, "/"))
                let second = try await rig.get("/")
                #expect(second.error == .busy)
                #expect(!first.heard.value.isOver)
            }
        }
    }

    @Test("A call that waits and is cancelled makes room, and is not sent")
    func cancelWaiting() async throws {
        let isFree = Gate()
        try await withScriptedOrigin { connection in
            while let request = try await connection.nextRequest() {
                if request.target == "/0" { try await isFree.wait() }
                try await connection.respond()
            }
        } _: { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1, pending: 1)) { rig in
                let first = try await rig.call(rig.request(.get, "/0"))
                let second = try await rig.call(rig.request(.get, "/1"))
                try await second.run { $0.cancel() }
                let third = try await rig.call(rig.request(.get, "/2"))
                isFree.open()
                _ = try await first.finish()
                let heard = try await third.finish()
                #expect(heard.head?.status == 200)
                #expect(!second.heard.value.isOver)
                #expect(origin.requests.map(\.target) == ["/0", "/2"])
            }
        }
    }

    @Test("A transport that comes in another's stead shares its places, and neither's end is the other's")
    func succession() async throws {
        let isFree = Gate()
        try await withScriptedOrigin(echo(holdingUntil: isFree)) { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1)) { rig in
                let held = try await rig.call(rig.request(.get, "/held"))
                try await origin.waitForRequests(count: 1)
                let waiting = try await rig.call(rig.request(.get, "/waiting"))
                let next = rig.succeeded(by: PoolSettings(max: 1, pending: 2))
                let new = try await next.call(next.request(.get, "/new"))
                #expect(try await next.get("/refused").error == .busy)
                #expect(next.transport.gauges.active == 1 && next.transport.gauges.pending == 2)
                let down = Task { await rig.transport.shutdown() }
                down.cancel()
                await down.value
                for call in [held, waiting] { #expect(try await call.finish().error == .draining) }
                #expect(try await new.finish().text == "/new")
                #expect(origin.requests.map(\.target) == ["/held", "/new"])
                isFree.open()
            }
        }
    }

    @Test("A higher limit lets in who waits already, and who comes by the former transport")
    func raised() async throws {
        let isFree = Gate()
        try await withScriptedOrigin(echo(holdingUntil: isFree)) { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1)) { rig in
                let held = try await rig.call(rig.request(.get, "/held"))
                let waiting = try await rig.call(rig.request(.get, "/waiting"))
                try await origin.waitForRequests(count: 1)
                _ = rig.succeeded(by: PoolSettings(max: 2))
                #expect(try await waiting.finish().text == "/waiting")
                isFree.open()
                #expect(try await held.finish().text == "/held")
            }
        }
    }

    // MARK: Ends

    @Test("A cancelled call closes its connection, and its handler hears nothing more")
    func cancel() async throws {
        let isClosed = Gate()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun")
            _ = try await connection.wire.readToEnd()
            isClosed.open()
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let call = try await rig.call(rig.request(.get, "/")) { _, call in call.cancel() }
                try await isClosed.wait()
                let heard = call.heard.value
                #expect(heard.text == "begun")
                #expect(heard.bursts == 0)
                #expect(!heard.isOver)
                await rig.transport.shutdown()
                #expect(rig.transport.gauges.active == 0)
            }
        }
    }

    @Test("What comes unasked on an HTTP/1 connection is nobody's answer: it carries one request")
    func unasked() async throws {
        try await withScriptedOrigin { connection in
            let request = try await connection.expectRequest()
            try await connection.respond(body: "to \(request.target)")
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked")
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                for number in 0..<3 {
                    let heard = try await rig.get("/\(number)")
                    #expect(heard.text == "to /\(number)")
                }
                #expect(origin.connectionCount == 3)
            }
        }
    }

    @Test("A transport that shuts down lets its calls finish and takes no more")
    func shutdown() async throws {
        let isAsked = Gate()
        let isFree = Gate()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            isAsked.open()
            try await isFree.wait()
            try await connection.respond(body: "whole")
        } _: { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1)) { rig in
                let call = try await rig.call(rig.request(.get, "/"))
                try await isAsked.wait()
                async let down: Void = rig.transport.shutdown()
                var late: UpstreamError?
                // Until the shutdown has begun, calls are still taken: such a one waits for the first, for no time.
                while late == nil {
                    let probe = try await rig.call(rig.request(.get, "/late", timeouts: UpstreamTimeouts(total: .zero)))
                    let error = try await probe.finish().error
                    if error == .draining { late = error }
                }
                #expect(!call.heard.value.isOver)
                isFree.open()
                await down
                let heard = try await call.finish()
                #expect(heard.text == "whole")
            }
        }
    }

    @Test("A shutdown that is cancelled ends the calls that are left, running and waiting")
    func cancelledShutdown() async throws {
        let isAsked = Gate()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            isAsked.open()
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1)) { rig in
                let running = try await rig.call(rig.request(.get, "/"))
                let waiting = try await rig.call(rig.request(.get, "/"))
                try await isAsked.wait()
                let down = Task { await rig.transport.shutdown() }
                down.cancel()
                await down.value
                for call in [running, waiting] {
                    let heard = try await call.finish()
                    #expect(heard.error == .draining)
                }
                #expect(origin.requests.count == 1)
                #expect(rig.transport.gauges.active == 0)
            }
        }
    }

    @Test("An engine that shuts down ends its calls, running and waiting, and those that come later")
    func engineShutdown() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.wire.readToEnd()
        } _: { origin in
            try await withCurl(to: .plain(origin), pool: PoolSettings(max: 1)) { rig in
                let running = try await rig.call(rig.request(.get, "/"))
                let waiting = try await rig.call(rig.request(.get, "/"))
                await rig.engine.shutdown()
                for call in [running, waiting, try await rig.call(rig.request(.get, "/"))] {
                    let heard = try await call.finish()
                    #expect(heard.error == .draining)
                    #expect(heard.late == 0)
                }
                await rig.transport.shutdown()
            }
        }
    }

    @Test("A request that would break its own line is not sent", arguments: ["", "/a b", "/a\r\nX: y", "/\u{0}"])
    func unsendable(target: String) async throws {
        try await withScriptedOrigin { _ in
        } _: { origin in
            try await withCurl(to: .plain(origin)) { rig in
                let heard = try await rig.get(target)
                #expect(heard.error == .malformed("request cannot be sent"))
            }
            #expect(origin.connectionCount == 0)
        }
    }
}
