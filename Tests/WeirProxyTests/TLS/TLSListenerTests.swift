import NIOCore
import Testing
import WeirCache
import WeirTesting

@testable import WeirProxy

/// HTTPS towards clients.
@Suite struct TLSListenerTests {
    private static let answer: Answer = { _, connection in try await connection.respond(body: "hello") }

    @Test("requests are served one after the other, and the upstream is told of HTTPS")
    func serves() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            let context = try TestCertificates.clientContext()
            try await withRawClient(port: secure.port, tls: context) { client in
                for _ in 0..<2 {
                    let response = try await client.get("/")
                    #expect(response.body.text == "hello")
                }
            }
            #expect(secure.weir.origin.requests.map { $0.head["X-Forwarded-Proto"] } == ["https", "https"])
            #expect(try await secure.tls().handshakes[.completed] == 1)
            #expect(await secure.weir.proxy.snapshot().totals.connectionsAccepted == 1)
        }
    }

    @Test("what is stored for one scheme is not served for the other")
    func schemes() async throws {
        try await withSecureWeir(routes: HTTPCacheTests.routes) { request, connection in
            let location = request.head["X-Forwarded-Proto"] == "https" ? "secure" : "plain"
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: location)
        } _: { secure in
            for _ in 0..<2 {
                let secured = try await secure.get("/").body.text
                let plain = try await secure.weir.request().body.text
                #expect(secured == "secure" && plain == "plain")
            }
            #expect(secure.weir.origin.requests.count == 2)
        }
    }

    @Test("plain HTTP gets an answer in plain HTTP, and nothing else")
    func plainHTTP() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            try await withRawClient(port: secure.port) { client in
                let response = try await client.get("/")
                #expect(response.status == 400 && response["Connection"] == "close")
                #expect(try response.error().code == "plain_http")
                #expect(try await client.expectEnd() == .closed)
            }
            try await secure.wait(for: .plain)
            #expect(secure.weir.origin.connectionCount == 0)
        }
    }

    @Test(
        "bytes that are no TLS end the connection",
        arguments: [[0x80, 0x2E, 1, 3, 1], [22, 3, 1, 0, 2, 9, 9], [0]]
    )
    func garbage(bytes: [UInt8]) async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            try await withRawClient(port: secure.port) { client in
                try await client.send(bytes: bytes + Array(repeating: 0, count: 64))
                _ = try await client.wire.readToEnd()
            }
            try await secure.wait(for: .failed)
        }
    }

    @Test("a handshake that does not end in time is given up", arguments: [[], [22, 3, 1, 2, 0, 1]])
    func slowHandshake(bytes: [UInt8]) async throws {
        try await withSecureWeir(configure: { $0.limits.keepAlive = .seconds(10) }, answer: Self.answer) { secure in
            try await withRawClient(port: secure.port) { client in
                try await client.send(bytes: bytes)
                try await secure.weir.wait(for: "the connection") { $0.totals.connectionsAccepted == 1 }
                try await secure.weir.pass(.seconds(11))
                try await client.expectEnd()
            }
            try await secure.wait(for: .timeout)
        }
    }

    @Test("a client that leaves in the middle of its handshake is counted, and gone")
    func leaves() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            try await withRawClient(port: secure.port) { client in
                try await client.send(bytes: [22, 3, 1, 2, 0, 1])
            }
            try await secure.wait(for: .left)
            try await secure.weir.wait(for: "nobody") { $0.openConnections == 0 }
        }
    }

    @Test("a connection over the limit gets a TLS alert instead of a handshake")
    func overLimit() async throws {
        try await withSecureWeir(configure: { $0.limits.connections = 1 }, answer: Self.answer) { secure in
            try await withRawClient(port: secure.port, tls: try TestCertificates.clientContext()) { first in
                _ = try await first.get("/")
                try await withRawClient(port: secure.port) { second in
                    let alert = try await second.wire.readToEnd()
                    #expect(alert.bytes == [21, 3, 3, 0, 2, 2, 80] && alert.end == .closed)
                }
            }
        }
    }

    @Test("a good end is told by TLS, an end by keep-alive too")
    func goodEnd() async throws {
        try await withSecureWeir(configure: { $0.limits.keepAlive = .seconds(10) }, answer: Self.answer) { secure in
            let context = try TestCertificates.clientContext()
            try await withRawClient(port: secure.port, tls: context) { client in
                _ = try await client.get("/", fields: "Connection: close\r\n")
                #expect(try await client.expectEnd() == .closed)
            }
            try await withRawClient(port: secure.port, tls: context) { client in
                _ = try await client.get("/")
                try await secure.weir.pass(.seconds(11))
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("a response that breaks off ends without TLS's good-bye", arguments: ["HTTP/1.1", "HTTP/1.0"])
    func brokenOff(version: String) async throws {
        let gate = Gate()
        try await withSecureWeir { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "first")
            try await gate.wait()
            await connection.close()
        } _: { secure in
            try await withRawClient(port: secure.port, tls: try TestCertificates.clientContext()) { client in
                try await client.send("GET / \(version)\r\nHost: a\r\n\r\n")
                _ = try await client.wire.read(through: "first")
                gate.open()
                let (_, end) = try await client.wire.readToEnd()
                #expect(end == .reset)
            }
        }
    }

    @Test("a body is refused before it is read, and the answer is not lost to what still comes")
    func lingers() async throws {
        let routes = [RouteSettings(path: "/", upstream: "app", maxBody: 10)]
        try await withSecureWeir(routes: routes, answer: Self.answer) { secure in
            try await withRawClient(port: secure.port, tls: try TestCertificates.clientContext()) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n")
                try await client.send(bytes: Array(repeating: UInt8(97), count: 1_000_000))
                let response = try await client.response()
                #expect(response.status == 413 && response["Connection"] == "close")
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("a large stored answer waits for its reader, and then comes whole")
    func largeHit() async throws {
        let body = String(repeating: "0123456789abcdef", count: 6 << 16)
        try await withSecureWeir(
            routes: HTTPCacheTests.routes,
            configure: { settings in
                settings.limits.keepAlive = .seconds(10)
                settings.limits.writeIdle = .seconds(10)
            },
            answer: { _, connection in
                try await connection.respond(fields: "Cache-Control: max-age=600\r\n", body: body)
            }
        ) { secure in
            #expect(try await secure.get("/").body.bytes.count == body.utf8.count)
            let context = try TestCertificates.clientContext()
            try await withRawClient(port: secure.port, tls: context, limit: .seconds(30)) { client in
                for _ in 0..<3 { #expect(try await client.get("/").body.text == body) }
                // Who takes nothing in does not get everything written for it either.
                try await client.wire.pauseReading()
                for _ in 0..<8 { try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n") }
                for _ in 0..<4 { try await secure.weir.pass(.seconds(11)) }
                // It may have heard of the end already.
                try? await client.wire.resumeReading()
                let (_, end) = try await client.wire.readToEnd()
                #expect(end == .reset)
            }
        }
    }
}
