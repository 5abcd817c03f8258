import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Streams that are silent, or go on while their upstream fails for everybody else; and clients that do not read.
@Suite struct StreamFaultTests {
    private static let streamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"

    @Test(
        "a stream that is silent for long is not ended, and what breaks the silence passes at once",
        arguments: [true, false]
    )
    func silence(isCached: Bool) async throws {
        let gates = (0..<3).map { _ in Gate() }
        let events = [": still here\n\n", ":\n\n", "data: at last\n\n"]
        try await withWeir(routes: isCached ? HTTPCacheTests.routes : [RouteSettings(path: "/", upstream: "app")]) {
            _,
            connection in
            try await connection.send(Self.streamHead + "\r\n")
            for (gate, event) in zip(gates, events) {
                try await gate.wait()
                try await connection.send(chunk: event)
            }
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                #expect(try await client.wire.readHead().status == 200)
                for (gate, event) in zip(gates, events) {
                    try await weir.pass(.minutes(10))
                    gate.open()
                    #expect(try await client.wire.readChunk() == Array(event.utf8))
                }
                #expect(try await client.wire.readChunk() == nil)
            }
            #expect(await weir.proxy.snapshot().routes[0].metrics.aborted == 0)
        }
    }

    @Test("a breaker that opens refuses what comes, and lets finish what is under way", arguments: [1, 2])
    func breakerOpens(workers: Int) async throws {
        let gate = Gate()
        try await withWeir(
            workers: workers,
            configure: {
                $0.upstreams[0].breaker = BreakerSettings(failures: 3, open: .minutes(1))
                $0.upstreams[0].retry.attempts = 1
            }
        ) { connection in
            while let request = try await connection.nextRequest() {
                guard request.target == "/stream" else { return await connection.reset() }
                try await connection.send(Self.streamHead + "\r\n")
                try await connection.send(chunk: "data: 1\n\n")
                try await gate.wait()
                try await connection.send(chunk: "data: 2\n\n")
                try await connection.send("0\r\n\r\n")
            }
        } _: { weir in
            var streams: [RawClient] = []
            for _ in 0..<4 {
                let client = try await RawClient.connect(port: weir.port)
                try await client.send("GET /stream HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                _ = try await client.wire.readHead()
                #expect(try await client.wire.readChunk() == Array("data: 1\n\n".utf8))
                streams.append(client)
            }
            for _ in 0..<3 { #expect(try await weir.request().status == 502) }
            let refused = try await weir.request("GET", "/stream")
            #expect(refused.status == 503)
            #expect(try refused.error().code == "breaker_open")
            gate.open()
            for client in streams {
                #expect(try await client.wire.readChunk() == Array("data: 2\n\n".utf8))
                #expect(try await client.wire.readChunk() == nil)
                await client.close()
            }
            // Their good end does not close it: they are from before.
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            #expect(upstream.breakers[.other]?.state == .open && upstream.count(.success) == 4)
            #expect(weir.origin.requests.count == 7)
        }
    }

    /// Bytes of a hit that no system's socket buffers hold.
    private static let huge = 12 << 20
    private static let slowCount = 4

    @Test(
        "clients that do not take a huge hit are cut off in the end, and hold up nobody meanwhile",
        arguments: ["as stored", "decoded"]
    )
    func slowClients(form: String) async throws {
        // Compressible, but not so much that it looks like an attack.
        let block = patternBytes(count: 64 << 10).map { 0x20 + $0 & 0x1F }
        let body = Array(repeatElement(block, count: Self.huge / block.count).joined())
        let gzip = Array(GzipEncoder.compress(ByteBuffer(bytes: body), level: 1).readableBytesView)
        let isGzip = form == "decoded"
        try await withWeir(
            routes: HTTPCacheTests.routes,
            configure: {
                $0.limits.keepAlive = .seconds(10)
                $0.cache.maxObject = Self.huge
                $0.cache.memory = 1 << 30
            }
        ) { _, connection in
            let sent = isGzip ? gzip : body
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Type: text/plain\r\n"
                    + (isGzip ? "Content-Encoding: gzip\r\n" : "") + "Content-Length: \(sent.count)\r\n\r\n"
            )
            try await connection.send(bytes: sent)
        } _: { weir in
            #expect(try await weir.request(fields: "Accept-Encoding: gzip\r\n").status == 200)
            var slow: [RawClient] = []
            for _ in 0..<Self.slowCount {
                let client = try await RawClient.connect(port: weir.port, limit: .seconds(30), receiveBuffer: 32 << 10)
                try await client.wire.pauseReading()
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                slow.append(client)
            }
            let quick = try await withRawClient(port: weir.port, limit: .seconds(30)) { try await $0.get("/") }
            #expect(quick.body.bytes == body)
            #expect(quick["Cache-Status"]?.hasPrefix("weir; hit") == true)
            // Once for what the system took of it, once for nothing.
            for _ in 0..<2 { try await weir.pass(.seconds(61)) }
            try await weir.wait(for: "the slow ones to be cut off") {
                $0.routes[0].metrics.aborted == UInt64(Self.slowCount)
            }
            for client in slow {
                try await client.wire.resumeReading()
                #expect(try await client.wire.readToEnd().bytes.count < Self.huge)
                await client.close()
            }
            try await weir.wait(for: "everything to be given back") { $0.openConnections == 0 }
            #expect(weir.origin.requests.count == 1)
        }
    }
}
