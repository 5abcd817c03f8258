import NIOCore
import Testing
import WeirCache
import WeirTesting

@testable import WeirProxy

/// Bounds on what one client, or all of them together, can take.
@Suite struct ConnectionLimitTests {
    @Test("the last request that a connection may carry closes it", arguments: ["", "Connection: keep-alive\r\n"])
    func requestsPerConnection(fields: String) async throws {
        let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
        try await withWeir(
            routes: routes,
            configure: { $0.limits.requestsPerConnection = 3 }
        ) { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                for number in 1...3 {
                    // A stored answer counts as any other.
                    let response = try await client.get("/", fields: fields)
                    #expect(response.text == "fine")
                    #expect(response["Connection"] == (number == 3 ? "close" : nil))
                }
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("what is sent ahead behind the last request is not answered, and the answer is not lost to a reset")
    func pipelinedBehindTheLast() async throws {
        try await withWeir(
            configure: { $0.limits.requestsPerConnection = 1 }
        ) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
                #expect(try await client.response().text == "fine")
                #expect(try await client.expectEnd() == .closed)
            }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("one address has no more connections than its share, over all workers; a place that is free again is given")
    func perAddress() async throws {
        try await withWeir(
            workers: 3,
            configure: { $0.limits.connectionsPerAddress = 2 }
        ) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { first in
                #expect(try await first.get("/").status == 200)
                try await withRawClient(port: weir.port) { second in
                    #expect(try await second.get("/").status == 200)
                    try await withRawClient(port: weir.port) { third in
                        let response = try await third.response()
                        #expect(response.status == 503 && response["Retry-After"] == "1")
                        #expect(try response.error().code == "too_many_from_address")
                        #expect(try await third.expectEnd() == .closed)
                    }
                }
                try await weir.wait(for: "a connection to close") { $0.openConnections == 1 }
                #expect(try await weir.request().status == 200)
            }
            #expect(await weir.proxy.snapshot().totals.connectionsRefused == 1)
        }
    }

    @Test("who is refused takes nobody's place")
    func refusedTakeNoPlace() async throws {
        try await withWeir(
            configure: {
                $0.limits.connections = 3
                $0.limits.connectionsPerAddress = 1
            }
        ) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { first in
                #expect(try await first.get("/").status == 200)
                var refused: [RawClient] = []
                for _ in 0..<5 {
                    let client = try await RawClient.connect(port: weir.port)
                    #expect(try await client.response().error().code == "too_many_from_address")
                    refused.append(client)
                }
                // They are not closed yet.
                #expect(await weir.proxy.snapshot().openConnections == 1)
                for client in refused { await client.close() }
            }
        }
    }

    @Test("a client that takes less of its response than the least rate is cut off, however often it takes some")
    func slowReader() async throws {
        let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
        try await withWeir(
            routes: routes,
            configure: {
                $0.limits.keepAlive = .seconds(10)
                $0.limits.writeIdle = .seconds(10)
                $0.limits.writeRate = 4 << 20
                $0.cache.maxObject = 64 << 20
                $0.cache.memory = 1 << 30
            }
        ) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: \(48 << 20)\r\n\r\n"
            )
            try await connection.send(bytes: patternBytes(count: 48 << 20))
        } _: { weir in
            #expect(try await weir.request().status == 200)
            try await weir.wait(for: "the answer to be stored") { $0.store.entries == 1 }
            try await withRawClient(port: weir.port, limit: .seconds(30)) { client in
                try await client.wire.pauseReading()
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                try await weir.wait(for: "the connection") { $0.openConnections == 1 }
                while await weir.proxy.snapshot().routes[0].metrics.aborted == 0 {
                    let received = client.wire.receivedCount
                    #expect(received < 40 << 20)
                    try await client.wire.resumeReading()
                    try await client.wire.waitForReceived(count: received + 1)
                    try await client.wire.pauseReading()
                    try await weir.pass(.seconds(11))
                }
            }
        }
    }

    @Test("an empty line before a request begins its time")
    func blankLines() async throws {
        try await withWeir(
            configure: { $0.limits.headTime = .seconds(10) }
        ) { _, connection in
            try await connection.respond()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("\r\n")
                // A request on another connection shows that the worker has been at its sockets.
                #expect(try await weir.request("OPTIONS", "*").status == 204)
                weir.clock.advance(by: .seconds(11))
                #expect(try await client.response().status == 408)
            }
        }
    }

    @Test("a body that drips below the least rate runs out of time, however long each byte takes")
    func drip() async throws {
        try await withWeir(
            configure: {
                $0.limits.bodyIdle = .seconds(30)
                $0.limits.keepAlive = .seconds(10)
            }
        ) { connection in
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
                for _ in 0..<2 {
                    try await weir.pass(.seconds(14))
                    try await client.send("x")
                }
                try await weir.pass(.seconds(14))
                let response = try await client.response()
                #expect(response.status == 408 && response["Connection"] == "close")
            }
        }
    }

    @Test(
        "where the memory for requests under way is taken new ones are refused, what is stored is served, and the old finishes"
    )
    func memory() async throws {
        let gate = Gate()
        let route = RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))
        try await withWeir(
            routes: [route] + Chat.routes(),
            configure: { $0.limits.memory = 1 << 20 }
        ) { request, connection in
            guard request.target == "/large" else {
                return try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: request.target)
            }
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: \(3 << 20)\r\n\r\n"
            )
            try await connection.send(bytes: patternBytes(count: 2 << 20))
            try await gate.wait()
            try await connection.send(bytes: patternBytes(count: 1 << 20, from: 2 << 20))
        } _: { weir in
            #expect(try await weir.request("GET", "/small").status == 200)
            try await withRawClient(port: weir.port) { client in
                // The body that would be the key is what fills it.
                try await client.send("POST \(Chat.path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(2 << 20)\r\n\r\n")
                try await client.send(bytes: [UInt8](repeating: 32, count: 1 << 20))
                try await weir.wait(for: "the memory to be taken") { $0.buffers.bytes == 1 << 20 }
                for refused in [try await weir.request("GET", "/new"), try await weir.chat()] {
                    #expect(refused.status == 503 && refused["Retry-After"] == "1")
                    #expect(try refused.error().code == "memory_full")
                }
                #expect(try await weir.request("GET", "/small").isHit)
                // It is not under way yet itself: nothing has been asked of anybody.
                try await client.send(" ")
                #expect(try await client.response().status == 503)
            }
            try await weir.wait(for: "the memory to be free") { $0.buffers.bytes == 0 }
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                try await client.wire.waitForReceived(count: 2 << 20)
                gate.open()
                // It grew over the bound: served to its end, and not kept.
                #expect(try await client.response().body.bytes == patternBytes(count: 3 << 20))
            }
            try await weir.wait(for: "the memory to be free") { $0.buffers.bytes == 0 }
            #expect(try await weir.request("GET", "/new").status == 200)
        }
    }
}
