import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What clients have sent of bodies and no upstream has taken is memory for requests under way.
@Suite struct UntakenTests {
    private static let piece = [UInt8](repeating: 0x78, count: 16 << 10)

    /// Behind a pool of one connection, which the first request has until the gate opens.
    private nonisolated(nonsending) static func withBusyWeir(
        memory: Int,
        _ body: nonisolated(nonsending) (Weir, Gate) async throws -> Void
    ) async throws {
        let gate = Gate()
        try await withWeir(configure: { settings in
            for index in settings.listen.indices { settings.listen[index].http2 = true }
            settings.limits.memory = memory
            settings.upstreams[0].pool = PoolSettings(max: 1, pending: 100)
        }) { request, connection in
            if request.target == "/first" { try await gate.wait(limit: .seconds(20)) }
            try await connection.respond(body: "\(request.body.bytes.count)")
        } _: { weir in
            try await withRawClient(port: weir.port) { first in
                try await first.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
                try await body(weir, gate)
                gate.open()
                #expect(try await first.response().status == 200)
            }
            try await weir.wait(for: "the memory to be given back") { $0.buffers.bytes == 0 }
        }
    }

    private static func post(stream: UInt32) -> HTTP2WireFrame {
        var head = HTTP2WireFrame.get("/upload", stream: stream)
        head.flags = HTTP2WireFrame.endHeaders
        // `:method: POST`.
        head.payload[0] = 0x83
        return head
    }

    @Test("over HTTP/2 it counts until it is taken, whatever it is padded with", arguments: [false, true])
    func counted(isPadded: Bool) async throws {
        try await Self.withBusyWeir(memory: 1 << 20) { weir, gate in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.send(Self.post(stream: 1))
                let padding = 200
                var data = HTTP2WireFrame(kind: .data, stream: 1, payload: [UInt8](repeating: 1, count: 4000))
                if isPadded {
                    data.flags = 0x8
                    data.payload = [UInt8(padding)] + data.payload + [UInt8](repeating: 0, count: padding)
                }
                for _ in 0..<4 { try await client.send(data) }
                try await weir.wait(for: "the body to be counted") { $0.buffers.bytes >= 16_000 }
                #expect(await weir.proxy.snapshot().buffers.bytes < 20_000)
                gate.open()
                try await weir.wait(for: "the body to be taken") { $0.buffers.bytes == 0 }
                try await client.send(HTTP2WireFrame(kind: .data, flags: HTTP2WireFrame.endStream, stream: 1))
                #expect(try await client.body(stream: 1) == "16000")
            }
        }
    }

    @Test("once it is all taken, streams that need more are refused, and the others go on")
    func refused() async throws {
        try await Self.withBusyWeir(memory: 40_000) { weir, gate in
            try await withHTTP2Client(port: weir.port) { client in
                for stream in [1, 3] as [UInt32] {
                    try await client.send(Self.post(stream: stream))
                    try await client.send(HTTP2WireFrame(kind: .data, stream: stream, payload: Self.piece))
                }
                try await weir.wait(for: "two bodies to be counted") { $0.buffers.bytes >= 32 << 10 }
                try await client.send(Self.post(stream: 5))
                try await client.send(HTTP2WireFrame(kind: .data, stream: 5, payload: Self.piece))
                #expect(try await client.body(stream: 5).contains("memory_full"))
                #expect(try await client.next(.reset, stream: 5).number(at: 0) == 0)
                try await weir.wait(for: "its body to be let go") { $0.buffers.bytes < 40_000 }
                gate.open()
                for stream in [1, 3] as [UInt32] {
                    let end = HTTP2WireFrame(kind: .data, flags: HTTP2WireFrame.endStream, stream: stream)
                    try await client.send(end)
                    #expect(try await client.body(stream: stream) == "\(16 << 10)")
                }
            }
        }
    }

    @Test("small pieces cost more than their bytes")
    func smallPieces() async throws {
        try await Self.withBusyWeir(memory: 1 << 20) { weir, _ in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.send(Self.post(stream: 1))
                // The first burst goes to the call that waits, what comes behind it stays with NIOHTTP2.
                try await client.send(HTTP2WireFrame(kind: .data, stream: 1, payload: [1]))
                try await weir.wait(for: "the first piece to be counted") { $0.buffers.bytes == 1 }
                let bytes = HTTP2WireFrame(kind: .data, stream: 1, payload: [1]).bytes
                try await client.raw.send(bytes: (0..<1000).flatMap { _ in bytes })
                try await weir.wait(for: "the pieces to be counted") { $0.buffers.bytes > 100_000 }
            }
            try await weir.wait(for: "them to go with their connection") { $0.buffers.bytes == 0 }
        }
    }

    @Test("over HTTP/1.1 a body that waits counts, and is refused where there is no memory for it")
    func http1() async throws {
        try await Self.withBusyWeir(memory: 2_000) { weir, gate in
            try await withRawClient(port: weir.port) { client in
                let body = String(repeating: "x", count: 1_500)
                try await client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1500\r\n\r\n\(body)")
                try await weir.wait(for: "the body to be counted") { $0.buffers.bytes == 1_500 }
                try await withRawClient(port: weir.port) { second in
                    let refused = try await second.request("POST", "/upload", body: body)
                    #expect(refused.status == 503)
                    #expect(try refused.error().code == "memory_full")
                    #expect(refused["Connection"] == "close")
                }
                gate.open()
                #expect(try await client.response().text == "1500")
            }
        }
    }
}
