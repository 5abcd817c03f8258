import NIOCore
import NIOHPACK
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// Heads of all sizes, as a connection's first request and later.
@Suite struct HTTP2HeadTests {
    private static func status(_ frame: HTTP2WireFrame) throws -> String? {
        var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
        var block = ByteBuffer(bytes: frame.payload)
        return try decoder.decodeHeaders(from: &block).first(name: ":status")
    }

    private nonisolated(nonsending) static func withHTTP2Weir(
        head: Int = 32 << 10,
        _ body: nonisolated(nonsending) (HTTP2Client, Weir) async throws -> Void
    ) async throws {
        try await withWeir(configure: { settings in
            for index in settings.listen.indices { settings.listen[index].http2 = true }
            settings.limits.head.head = head
        }) { request, connection in
            try await connection.respond(body: "\(request["x-long"]?.utf8.count ?? 0)")
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in try await body(client, weir) }
        }
    }

    @Test("a head up to the limit is served as a connection's first, before its SETTINGS are acknowledged")
    func first() async throws {
        try await Self.withHTTP2Weir { client, _ in
            let long = String(repeating: "v", count: 31 << 10)
            for frame in HTTP2WireFrame.get("/", fields: ["x-long": long], stream: 1).inBlocks {
                try await client.send(frame)
            }
            #expect(try await client.body(stream: 1) == "\(long.utf8.count)")
            // Now they are acknowledged, once: the next is served too.
            for frame in HTTP2WireFrame.get("/", fields: ["x-long": long], stream: 3).inBlocks {
                try await client.send(frame)
            }
            #expect(try await client.body(stream: 3) == "\(long.utf8.count)")
        }
    }

    @Test(
        "a head over a limit gets its status, and the connection goes on",
        arguments: [
            (target: 17 << 10, value: 10, status: "414"),
            (target: 1, value: 33 << 10, status: "431"),
            (target: 1, value: 60 << 10, status: "431"),
        ]
    )
    func overLimit(target: Int, value: Int, status: String) async throws {
        try await Self.withHTTP2Weir { client, weir in
            let target = "/" + String(repeating: "t", count: target - 1)
            let fields: KeyValuePairs = ["x-long": String(repeating: "v", count: value)]
            for frame in HTTP2WireFrame.get(target, fields: fields, stream: 1).inBlocks { try await client.send(frame) }
            #expect(try Self.status(try await client.next(.headers, stream: 1)) == status)
            try await client.get("/after", stream: 3)
            #expect(try await client.body(stream: 3) == "0")
            #expect(await weir.proxy.snapshot().totals.http2ConnectionErrors == 0)
        }
    }

    @Test("a head list beyond twice the limits ends the connection")
    func beyond() async throws {
        try await Self.withHTTP2Weir { client, weir in
            let fields: KeyValuePairs = ["x-long": String(repeating: "v", count: 100 << 10)]
            #expect(try await client.next(.settings).flags == 0)
            for frame in HTTP2WireFrame.get("/", fields: fields, stream: 1).inBlocks {
                guard (try? await client.send(frame)) != nil else { break }
            }
            #expect(try await client.next(.goAway).number(at: 4) != 0)
            _ = try await client.raw.wire.readToEnd()
            try await weir.wait(for: "the connection's error") { $0.totals.http2ConnectionErrors == 1 }
        }
    }

    @Test("the largest head that the setting can allow comes through")
    func largest() async throws {
        try await Self.withHTTP2Weir(head: 1 << 20) { client, _ in
            let long = String(repeating: "v", count: 1000 << 10)
            for frame in HTTP2WireFrame.get("/", fields: ["x-long": long], stream: 1).inBlocks {
                try await client.send(frame)
            }
            #expect(try await client.body(stream: 1) == "\(long.utf8.count)")
        }
    }

    @Test("a client is told of its limits in one SETTINGS, and may acknowledge it once")
    func settings() async throws {
        try await Self.withHTTP2Weir { client, weir in
            let settings = try await client.next(.settings)
            #expect(settings.payload.count == 12)
            #expect(settings.number(at: 2) == 100)
            #expect(settings.number(at: 8) == UInt32(2 * (32 << 10 + 32 * 200)))
            #expect(try await client.next(.settings).flags == HTTP2WireFrame.ack)
            try await client.send(HTTP2WireFrame(kind: .settings, flags: HTTP2WireFrame.ack))
            #expect(try await client.next(.goAway).number(at: 4) == 1)
        }
    }
}
