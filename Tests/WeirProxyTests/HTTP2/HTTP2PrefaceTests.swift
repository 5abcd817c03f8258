import NIOCore
import Testing
import WeirTesting

@testable import WeirProxy

/// What is found to be spoken on a plain connection where HTTP/2 is on.
@Suite struct HTTP2PrefaceTests {
    private static let answer: Answer = { _, connection in try await connection.respond(body: "hello") }
    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    private static func speakHTTP2(_ settings: inout ProxySettings) {
        settings.limits.keepAlive = .seconds(10)
        for index in settings.listen.indices { settings.listen[index].http2 = true }
    }

    @Test("a preface in pieces is one, and is answered with SETTINGS", arguments: [1, 5, 23])
    func pieces(size: Int) async throws {
        try await withWeir(configure: Self.speakHTTP2, answer: Self.answer) { weir in
            try await withRawClient(port: weir.port) { client in
                var rest = Array(Self.preface.utf8)[...]
                while !rest.isEmpty {
                    try await client.send(bytes: Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                try await client.send(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 0])
                let head = try await client.wire.read(count: 9)
                #expect(head[3] == 4)
                #expect(await weir.proxy.snapshot().totals.http2Connections == 1)
            }
        }
    }

    @Test("a request that begins like it is HTTP/1.1", arguments: ["P", "PR", "PUT", "PROPFIND"])
    func requests(method: String) async throws {
        try await withWeir(configure: Self.speakHTTP2, answer: Self.answer) { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(String(method.prefix(1)))
                try await client.send("\(method.dropFirst()) / HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                #expect(response.body.text == "hello")
            }
        }
    }

    @Test("a preface that does not become whole, and silence, are not waited for", arguments: ["", "PRI * HT"])
    func silence(sent: String) async throws {
        try await withWeir(configure: Self.speakHTTP2, answer: Self.answer) { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(sent)
                try await weir.wait(for: "the connection") { $0.totals.connectionsAccepted == 1 }
                try await weir.pass(.seconds(11))
                try await client.expectEnd()
            }
        }
    }

    @Test("where HTTP/2 is off its preface is a bad request")
    func off() async throws {
        try await withWeir(answer: Self.answer) { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send(Self.preface)
                let response = try await client.response()
                #expect(response.status == 400 || response.status == 505)
            }
        }
    }
}
