import NIOCore
import Testing
import WeirTesting

@testable import WeirProxy

/// How an HTTP/2 connection ends when Weir stops, or its listener goes.
@Suite struct HTTP2DrainTests {
    private static let noError: UInt32 = 0
    private static let internalError: UInt32 = 2
    private static let anyStream: UInt32 = 0x7FFF_FFFF

    private static func speakHTTP2(_ settings: inout ProxySettings) {
        for index in settings.listen.indices { settings.listen[index].http2 = true }
    }

    private static func expectGoAway(_ client: HTTP2Client, lastStream: UInt32) async throws {
        let goAway = try await client.next(.goAway)
        #expect(goAway.number(at: 0) == lastStream && goAway.number(at: 4) == noError)
    }

    @Test("stopping: the client is told, what it began before it knew is served, and the connection closes behind that")
    func stops() async throws {
        let gate = Gate()
        try await withWeir(configure: Self.speakHTTP2) { request, connection in
            if request.target == "/held" { try await gate.wait() }
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.get("/held", stream: 1)
                try await weir.origin.waitForRequests(count: 1)
                async let stopped: Void = weir.proxy.stop()
                try await Self.expectGoAway(client, lastStream: Self.anyStream)
                let ping = try await client.next(.ping)
                try await client.get("/crossing", stream: 3)
                #expect(try await client.body(stream: 3) == "/crossing")
                try await client.answer(ping)
                try await Self.expectGoAway(client, lastStream: 3)
                gate.open()
                #expect(try await client.body(stream: 1) == "/held")
                #expect(try await client.raw.expectEnd() == .closed)
                await stopped
            }
        }
    }

    @Test("at the end of drain a stream without a response is answered 503, one with a response is reset")
    func drainIsOver() async throws {
        try await withWeir(
            configure: { settings in
                Self.speakHTTP2(&settings)
                settings.drain = .milliseconds(50)
            },
            script: { connection in
                let request = try await connection.expectRequest()
                if request.target == "/begun" {
                    try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
                }
                _ = try? await connection.wire.readToEnd()
            }
        ) { weir in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.get("/begun", stream: 1)
                #expect(try await client.next(.data, stream: 1).payload == Array("part".utf8))
                try await client.get("/silent", stream: 3)
                try await weir.origin.waitForRequests(count: 2)
                async let stopped: Void = weir.proxy.stop()
                try await Self.expectGoAway(client, lastStream: Self.anyStream)
                var isReset = false
                var refusal: [UInt8] = []
                while !isReset || refusal.isEmpty {
                    let frame = try await client.next()
                    if frame.kind == .reset, frame.stream == 1 {
                        isReset = frame.number(at: 0) == Self.internalError
                    }
                    if frame.kind == .data, frame.stream == 3 { refusal += frame.payload }
                }
                #expect(String(decoding: refusal, as: UTF8.self).contains(#""draining""#))
                await stopped
            }
            #expect(await weir.proxy.snapshot().openConnections == 0)
        }
    }

    @Test("a client that takes no notice is let go when its last stream is over and it has been silent for a while")
    func deaf() async throws {
        try await withWeir(configure: Self.speakHTTP2) { _, connection in
            try await connection.respond()
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.get("/", stream: 1)
                _ = try await client.body(stream: 1)
                async let stopped: Void = weir.proxy.stop()
                try await Self.expectGoAway(client, lastStream: Self.anyStream)
                weir.clock.advance(by: .seconds(1))
                _ = try await client.next(.ping)
                try await client.raw.expectEnd()
                await stopped
            }
        }
    }

    @Test("an address that a reload takes away sends its connections away, and no others")
    func listenerGoes() async throws {
        try await withWeir(configure: Self.speakHTTP2) { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            let before = weir.proxy.settings
            var added = before
            added.listen.append(ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0), http2: true))
            try await weir.proxy.reload(added)
            try await withHTTP2Client(port: weir.port) { stays in
                try await withHTTP2Client(port: weir.proxy.addresses[1].port) { goes in
                    try await goes.get("/a", stream: 1)
                    #expect(try await goes.body(stream: 1) == "/a")
                    try await stays.get("/b", stream: 1)
                    #expect(try await stays.body(stream: 1) == "/b")
                    try await weir.proxy.reload(before)
                    try await Self.expectGoAway(goes, lastStream: Self.anyStream)
                    try await goes.answer(try await goes.next(.ping))
                    try await Self.expectGoAway(goes, lastStream: 1)
                    #expect(try await goes.raw.expectEnd() == .closed)
                }
                try await stays.get("/c", stream: 3)
                // Nothing came before it.
                #expect(try await stays.next().kind == .headers)
            }
        }
    }

    @Test("a connection that has said nothing yet is closed in good order, or answered once if it speaks in time")
    func silent() async throws {
        try await withWeir(configure: Self.speakHTTP2) { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            let (silent, late) = (
                try await RawClient.connect(port: weir.port), try await RawClient.connect(port: weir.port)
            )
            try await weir.wait(for: "both") { $0.totals.connectionsAccepted == 2 }
            async let stopped: Void = weir.proxy.stop()
            while (try? await RawClient.connect(port: weir.port).close()) != nil {}
            let client = try await HTTP2Client.begin(on: late)
            try await client.get("/late", stream: 1)
            #expect(try await client.body(stream: 1) == "/late")
            weir.clock.advance(by: .seconds(1))
            #expect(try await silent.expectEnd() == .closed)
            await silent.close()
            await late.close()
            await stopped
        }
    }
}
