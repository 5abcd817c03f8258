import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// How long a client may take, and how Weir stops.
@Suite struct DeadlineTests {
    @Test("a head that does not become whole in time is answered with 408")
    func slowHead() async throws {
        try await withWeir(
            usesSystemClock: true,
            configure: { $0.limits.headTime = .milliseconds(10) }
        ) { _, connection in
            try await connection.respond()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: ")
                let response = try await client.response()
                #expect(response.status == 408 && response["Connection"] == "close")
                #expect(try response.error().code == "request_timeout")
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(weir.origin.connectionCount == 0)
        }
    }

    @Test("a body that stalls is answered with 408 and ends its upstream call")
    func slowBody() async throws {
        try await withWeir(
            usesSystemClock: true,
            configure: { $0.limits.bodyIdle = .milliseconds(10) }
        ) { connection in
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
                let response = try await client.response()
                #expect(response.status == 408 && response["Connection"] == "close")
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("the rest of a body that nobody waits for gets no answer of its own")
    func slowRest() async throws {
        try await withWeir(
            configure: { $0.limits.keepAlive = .seconds(10) }
        ) { connection in
            _ = try await connection.expectHead()
            try await connection.respond(status: "403 Forbidden", body: "no")
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
                let response = try await client.response()
                #expect(response.status == 403)
                try await weir.pass(.seconds(31))
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("an upstream that does not take the body is not the client's fault")
    func slowUpstream() async throws {
        let gate = Gate()
        let body = patternBytes(count: 16 << 20)
        try await withWeir(
            configure: { $0.limits.keepAlive = .seconds(10) }
        ) { connection in
            try await connection.wire.pauseReading()
            try await gate.wait()
            try await connection.wire.resumeReading()
            let request = try await connection.expectRequest()
            #expect(request.body.bytes == patternBytes(count: 16 << 20))
            try await connection.respond(body: "got it")
        } _: { weir in
            try await withRawClient(port: weir.port, limit: .seconds(30)) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
                async let sending: Void = client.send(bytes: body)
                // The body comes to a stop somewhere among these.
                for _ in 0..<3 { try await weir.pass(.seconds(31)) }
                gate.open()
                try await sending
                #expect(try await client.response().text == "got it")
            }
        }
    }

    @Test("an idle connection is closed without a word")
    func keepAlive() async throws {
        try await withWeir { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.get("/")
                #expect(response.text == "fine")
                weir.clock.advance(by: .seconds(60))
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("a client that takes nothing of its response is cut off")
    func slowReader() async throws {
        try await withWeir(
            usesSystemClock: true,
            configure: { $0.limits.writeIdle = .milliseconds(400) }
        ) { connection in
            while try await connection.nextRequest() != nil {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(32 << 20)\r\n\r\n")
                try? await connection.send(bytes: patternBytes(count: 32 << 20))
                return
            }
        } _: { weir in
            try await withRawClient(port: weir.port, limit: .seconds(30)) { client in
                try await client.wire.pauseReading()
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.wait(for: "the response to be broken off") { $0.routes[0].metrics.aborted == 1 }
            }
        }
    }

    @Test(
        "the last bytes of a response that its client takes slowly are not cut off",
        arguments: ["close", "keep-alive"]
    )
    func slowLastBytes(connection option: String) async throws {
        let route = RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))
        // What a client takes in steps, and then a lot that comes of a few compressed bytes, decoded in one go.
        var random = SystemRandomNumberGenerator()
        var noise = ByteBuffer()
        for _ in 0..<1 << 20 { noise.writeInteger(random.next() as UInt64) }
        noise.writeRepeatingByte(0, count: 3 << 19)
        let body = Array(noise.readableBytesView)
        let gzip = GzipEncoder.compress(noise, level: 9)
        try await withWeir(
            routes: [route],
            configure: {
                $0.limits.keepAlive = .seconds(6)
                $0.cache.maxObject = 32 << 20
                $0.cache.memory = 1 << 30
            }
        ) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Type: text/plain\r\n"
                    + "Content-Encoding: gzip\r\nContent-Length: \(gzip.readableBytes)\r\n\r\n"
            )
            try await connection.send(bytes: Array(gzip.readableBytesView))
        } _: { weir in
            #expect(try await weir.request(fields: "Accept-Encoding: gzip\r\n").body.bytes.count == gzip.readableBytes)
            try await withRawClient(port: weir.port, limit: .seconds(30), receiveBuffer: 32 << 10) { client in
                try await client.wire.pauseReading()
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\nConnection: \(option)\r\n\r\n")
                // A little at a time, until Weir has nothing left to write: the last of it waits in the channel.
                while await weir.proxy.snapshot().routes[0].metrics.requests < 2 { try await client.wire.readOnce() }
                for _ in 0..<3 { try await weir.pass(.seconds(7)) }
                try await client.wire.resumeReading()
                let response = try await client.response()
                #expect(response["Cache-Status"]?.hasPrefix("weir; hit") == true)
                #expect(response.body.bytes == body)
            }
        }
    }

    @Test(
        "stopping: no new connections, kept ones get one more answer or close, what is under way finishes and then closes"
    )
    func drain() async throws {
        let gate = Gate()
        let arrived = Gate()
        try await withWeir { request, connection in
            if request.target == "/slow" {
                arrived.open()
                try await gate.wait()
            }
            try await connection.respond(body: "fine")
        } _: { weir in
            let idle = try await RawClient.connect(port: weir.port)
            #expect(try await idle.get("/").text == "fine")
            let busy = try await RawClient.connect(port: weir.port)
            try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            try await arrived.wait()
            let late = try await RawClient.connect(port: weir.port)
            #expect(try await late.get("/").text == "fine")
            async let stopped: Void = weir.proxy.stop()
            while (try? await RawClient.connect(port: weir.port).close()) != nil {}
            // It has just had an answer, and may have sent its next request before it could know.
            var last = try await late.get("/")
            while last["Connection"] == nil { last = try await late.get("/") }
            #expect(last.text == "fine" && last["Connection"] == "close")
            #expect(try await late.expectEnd() == .closed)
            weir.clock.advance(by: ConnectionDeadline.drainIdle)
            #expect(try await idle.expectEnd() == .closed)
            await idle.close()
            gate.open()
            let response = try await busy.response()
            #expect(response["Connection"] == "close" && response.text == "fine")
            #expect(try await busy.expectEnd() == .closed)
            await stopped
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.isDraining && snapshot.openConnections == 0)
        }
    }

    @Test("stopping ends within its time whatever hangs: a response under way, and a call that nobody waits for")
    func drainLimit() async throws {
        let route = RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))
        try await withWeir(
            routes: [route],
            configure: { $0.drain = .milliseconds(50) }
        ) { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100\r\n\r\npart")
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            // A call that goes on without its client, which may have the answer already.
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET /left HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n\r\n")
                _ = try await client.wire.readHead()
            }
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET /stuck HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.wire.readHead().contentLength == 100)
                try await withTimeLimit(.seconds(10), "the stop") { await weir.proxy.stop() }
                let (bytes, _) = try await client.wire.readToEnd()
                #expect(String(decoding: bytes, as: UTF8.self) == "part")
            }
        }
    }
}
