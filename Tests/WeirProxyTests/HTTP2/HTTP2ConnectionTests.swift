import NIOCore
import NIOHPACK
import Testing
import WeirTesting

@testable import WeirProxy

@Suite struct HTTP2ConnectionTests {
    private static func speakHTTP2(_ settings: inout ProxySettings) {
        for index in settings.listen.indices { settings.listen[index].http2 = true }
    }

    @Test("after its share of requests a connection is told to begin no more, and all that it began are answered")
    func requestsPerConnection() async throws {
        try await withWeir(configure: { settings in
            Self.speakHTTP2(&settings)
            settings.limits.requestsPerConnection = 2
        }) { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.get("/1", stream: 1)
                #expect(try await client.body(stream: 1) == "/1")
                try await client.get("/2", stream: 3)
                let goAway = try await client.next(.goAway)
                #expect(goAway.number(at: 4) == 0)
                let ping = try await client.next(.ping)
                try await client.get("/3", stream: 5)
                #expect(try await client.body(stream: 5) == "/3")
                try await client.answer(ping)
                #expect(try await client.next(.goAway).number(at: 0) == 5)
                #expect(try await client.raw.expectEnd() == .closed)
            }
            #expect(weir.origin.requests.map(\.target).sorted() == ["/1", "/2", "/3"])
        }
    }

    @Test("who takes no notice of that is refused after as many requests again as there may be at once")
    func ignoresGoAway() async throws {
        try await withWeir(configure: { settings in
            Self.speakHTTP2(&settings)
            settings.limits.requestsPerConnection = 2
            settings.limits.streams = 3
        }) { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in
                for stream in stride(from: 1, to: 10, by: 2) as StrideTo<UInt32> {
                    try await client.get("/\(stream)", stream: stream)
                    if stream < 9 { #expect(try await client.body(stream: stream) == "/\(stream)") }
                }
                #expect(try await client.next(.goAway).number(at: 0) == 9)
                _ = try? await client.get("/11", stream: 11)
                _ = try await client.raw.wire.readToEnd()
            }
            #expect(weir.origin.requests.map(\.target) == ["/1", "/3", "/5", "/7", "/9"])
        }
    }

    @Test("a client that closes its sending side has gone: its call is cancelled", arguments: [true, false])
    func gone(isAnswerBegun: Bool) async throws {
        let isCancelled = Gate()
        try await withWeir(
            configure: Self.speakHTTP2,
            script: { connection in
                try await connection.expectRequest()
                if isAnswerBegun { try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart") }
                _ = try? await connection.wire.readToEnd()
                isCancelled.open()
            }
        ) { weir in
            try await withHTTP2Client(port: weir.port) { client in
                try await client.get("/", stream: 1)
                try await weir.origin.waitForRequests(count: 1)
                try await client.raw.wire.closeOutput()
                try await isCancelled.wait()
                _ = try await client.raw.wire.readToEnd()
            }
            try await weir.wait(for: "the connection to be given back") { $0.openConnections == 0 }
        }
    }

    @Test("trailers go to clients that take them, behind the body")
    func trailers() async throws {
        try await withWeir(configure: Self.speakHTTP2) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
                    + "Server-Timing: db;dur=5\r\nContent-Length: 9\r\n\r\n"
            )
        } _: { weir in
            try await withHTTP2Client(port: weir.port) { client in
                var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
                func fields(_ frame: HTTP2WireFrame) throws -> HPACKHeaders {
                    var block = ByteBuffer(bytes: frame.payload)
                    return try decoder.decodeHeaders(from: &block)
                }
                try await client.get("/", fields: ["te": "trailers"], stream: 1)
                let head = try await client.next(.headers, stream: 1)
                #expect(try fields(head).first(name: ":status") == "200")
                let body = try await client.next(.data, stream: 1)
                #expect(body.payload == Array("body".utf8) && body.flags & HTTP2WireFrame.endStream == 0)
                let trailers = try await client.next(.headers, stream: 1)
                #expect(trailers.flags & HTTP2WireFrame.endStream != 0)
                #expect(try fields(trailers) == ["server-timing": "db;dur=5"])

                try await client.get("/", stream: 3)
                #expect(try await client.body(stream: 3) == "body")
            }
        }
    }

    @Test("who closes the sending side before saying what it speaks gets an answer in HTTP/1.1, or an end")
    func halfClosed() async throws {
        try await withWeir(configure: Self.speakHTTP2) { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.wire.closeOutput()
                #expect(try await client.expectEnd() == .closed)
            }
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET /half HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                try await client.wire.closeOutput()
                #expect(try await client.response().text == "/half")
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }
}
