import NIOCore
import Testing
import WeirTesting

@testable import WeirProxy

/// What is seen of the frames before NIOHTTP2 sees them.
@Suite struct HTTP2WatchTests {
    private static func speakHTTP2(_ settings: inout ProxySettings) {
        for index in settings.listen.indices { settings.listen[index].http2 = true }
    }

    @Test(
        "a head that does not become whole in time ends the connection, whatever else is under way",
        arguments: [
            HTTP2WireFrame.get("/", stream: 3).bytes.prefix(5),
            HTTP2WireFrame.get("/", stream: 3).bytes.prefix(12),
            HTTP2WireFrame(kind: .headers, flags: HTTP2WireFrame.endStream, stream: 3, payload: [0x82]).bytes[...],
        ]
    )
    func slowHead(part: ArraySlice<UInt8>) async throws {
        try await withWeir(configure: Self.speakHTTP2) { connection in
            try await connection.expectRequest()
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.get("/slow", stream: 1)
                try await weir.origin.waitForRequests(count: 1)
                try await client.raw.send(bytes: part)
                try await weir.pass(until: "the end of the connection") { $0.openConnections == 0 }
                let goAway = try await client.next(.goAway)
                #expect(goAway.number(at: 0) == 1)
                #expect(goAway.number(at: 4) == 11)
                _ = try await client.raw.wire.readToEnd()
            }
            let totals = await weir.proxy.snapshot().totals
            #expect(totals.http2SlowHeads == 1)
            #expect(totals.http2ConnectionErrors == 0)
        }
    }

    @Test("the preface of a client that speaks HTTP/2 over TLS has the same time")
    func slowPreface() async throws {
        try await withSecureWeir(configure: { $0.listen[1].http2 = true }) { _, connection in
            try await connection.respond()
        } _: { secure in
            let tls = try TestCertificates.clientContext(protocols: ["h2"])
            try await withRawClient(port: secure.port, tls: tls) { client in
                try await client.send("PRI * HTTP/2.0\r\n\r\nSM")
                try await secure.weir.wait(for: "the connection") { $0.totals.http2Connections == 1 }
                try await secure.weir.pass(until: "its end") { $0.totals.http2SlowHeads == 1 }
                _ = try await client.wire.readToEnd()
            }
        }
    }

    @Test("a GOAWAY for an error names the last stream that became a request")
    func lastStream() async throws {
        try await withWeir(configure: Self.speakHTTP2) { request, connection in
            guard request.target == "/" else { return _ = try? await connection.wire.readToEnd() }
            try await connection.respond()
        } _: { weir in
            for fault in [
                HTTP2WireFrame(kind: .data, stream: 99, payload: [1]),
                HTTP2WireFrame(kind: .settings, flags: HTTP2WireFrame.ack, payload: [1]),
            ] {
                try await withHTTP2Client(port: weir.port) { client in
                    try await client.get("/", stream: 1)
                    _ = try await client.body(stream: 1)
                    let count = weir.origin.requests.count
                    try await client.get("/slow", stream: 3)
                    try await weir.origin.waitForRequests(count: count + 1)
                    try await client.send(fault)
                    let goAway = try await client.next(.goAway)
                    #expect(goAway.number(at: 0) == 3)
                    #expect(goAway.number(at: 4) != 0)
                }
            }
        }
    }
}
