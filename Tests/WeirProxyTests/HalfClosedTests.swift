import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Clients that close their sending side: those that wait for their answer, and those that are gone.
@Suite struct HalfClosedTests {
    @Test("a client that is done sending gets its answer, one that it waits for too", arguments: [true, false])
    func answered(isSlow: Bool) async throws {
        let gate = Gate()
        try await withWeir { _, connection in
            if isSlow { try await gate.wait() }
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                try await client.wire.closeOutput()
                if isSlow {
                    // What it is asked with begins its answer.
                    #expect(try await client.wire.read(count: 9) == Array("HTTP/1.1 ".utf8))
                    gate.open()
                    let rest = try await client.wire.readToEnd()
                    let text = String(decoding: rest.bytes, as: UTF8.self)
                    #expect(text.hasPrefix("200 OK\r\n") && text.hasSuffix("\r\n\r\nfine") && rest.end == .closed)
                } else {
                    let response = try await client.response()
                    #expect(response.status == 200 && response.text == "fine")
                    #expect(try await client.expectEnd() == .closed)
                }
            }
            #expect(await weir.proxy.snapshot().routes[0].metrics.aborted == 0)
        }
    }

    @Test("everything that was sent ahead is answered before the end")
    func pipelined() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let requests = ["/1", "/2", "/3"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
                try await client.send(requests.joined())
                try await client.wire.closeOutput()
                for target in ["/1", "/2", "/3"] { #expect(try await client.response().text == target) }
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("an error after the question is one answer too")
    func failed() async throws {
        let gate = Gate()
        try await withWeir { connection in
            try await connection.expectRequest()
            try await gate.wait()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                try await client.wire.closeOutput()
                try await client.wire.waitForReceived(count: 9)
                gate.open()
                let response = try await client.response()
                #expect(response.status == 502)
                #expect(try response.error().code == "upstream_reset")
            }
        }
    }

    @Test("within a chunked body the question is a zero before the next chunk's size, and the client reads on")
    func chunked() async throws {
        let gate = Gate()
        try await withWeir { connection in
            try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "first")
            try await gate.wait()
            try await connection.send(chunk: "second")
            try await connection.send("0\r\n\r\n")
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.wire.readHead()
                #expect(try await client.wire.readChunk() == Array("first".utf8))
                let received = client.wire.receivedCount
                try await client.wire.closeOutput()
                try await client.wire.waitForReceived(count: received + 1)
                gate.open()
                #expect(try await client.wire.readChunk() == Array("second".utf8))
                #expect(try await client.wire.read(count: 5) == Array("0\r\n\r\n".utf8))
                #expect(try await client.expectEnd() == .closed)
            }
        }
    }

    @Test("a client that is gone ends its upstream call, although it had closed in good order")
    func gone() async throws {
        try await withWeir { connection in
            try await connection.expectRequest()
            // Nothing ever comes: only the call's end does.
            try await connection.expectEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
            }
            try await weir.wait(for: "the call to be cancelled") {
                $0.routes[0].metrics.aborted == 1 && $0.upstreams[0].count(.cancelled) == 1
            }
        }
    }

    @Test("over TLS a good-bye ends one direction as well", arguments: [true, false])
    func goodbye(isSlow: Bool) async throws {
        let gate = Gate()
        try await withSecureWeir { _, connection in
            if isSlow { try await gate.wait() }
            try await connection.respond(body: "fine")
        } _: { secure in
            try await withRawClient(port: secure.port, tls: try TestCertificates.clientContext()) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                try await client.wire.closeOutput()
                if isSlow {
                    try await client.wire.waitForReceived(count: 9)
                    gate.open()
                }
                let response = try await client.response()
                #expect(response.status == 200 && response.text == "fine")
                #expect(try await client.expectEnd() == .closed)
            }
            try await secure.weir.wait(for: "the connection's end") { $0.openConnections == 0 }
            #expect(await secure.weir.proxy.snapshot().routes[0].metrics.aborted == 0)
        }
    }

    @Test("a body that ends short is told so, and ends its upstream call")
    func shortBody() async throws {
        try await withWeir { connection in
            _ = try await connection.expectHead()
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
                try await client.wire.closeOutput()
                let response = try await client.response()
                #expect(response.status == 400 && response["Connection"] == "close")
                #expect(try response.error().code == "bad_request")
                #expect(try await client.expectEnd() == .closed)
            }
            try await weir.wait(for: "the call to be cancelled") { $0.upstreams[0].count(.cancelled) == 1 }
        }
    }

    @Test("a head that can never become whole gets no answer", arguments: ["GET / HTTP/1.1\r\nHost:", ""])
    func unfinished(request: String) async throws {
        try await withWeir { connection in
            _ = try? await connection.wire.readToEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(request)
                try await client.wire.closeOutput()
                #expect(try await client.expectEnd() == .closed)
            }
            try await weir.wait(for: "the connection's end") { $0.openConnections == 0 }
        }
    }
}
