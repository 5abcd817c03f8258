import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Upstreams that fail for a moment, or ask to be left alone, as clients see it.
@Suite struct RetryTests {
    private static let limited = #"{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"#

    /// Answers with these statuses one after the other, then as it should.
    private func failing(_ statuses: [String], fields: String = "", body: String = "") -> Answer {
        let left = Watched(statuses[...])
        return { request, connection in
            if let status = left.update({ $0.popFirst() }) {
                return try await connection.respond(status: status, fields: fields, body: body)
            }
            try await Chat.answering(request, connection)
        }
    }

    @Test("a 429 is waited out, and its answer is stored as any other")
    func rateLimit() async throws {
        let answer = failing(["429 Slow"], fields: "retry-after-ms: 20\r\n", body: Self.limited)
        try await withWeir(routes: Chat.routes(), answer: answer) { weir in
            let response = try await weir.chat()
            #expect(response.status == 200 && response.text == Chat.answer())
            #expect(response["Cache-Status"] == "weir; fwd=uri-miss; stored")
            #expect(try await weir.chat().isHit)
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            #expect(upstream.retries[.success] == 1 && upstream.count(.success) == 2)
        }
    }

    @Test("a spent account's answer passes at once, as it is")
    func spentQuota() async throws {
        let spent = #"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#
        try await withWeir(routes: Chat.routes(), answer: failing(["429 Spent", "429 Spent"], body: spent)) { weir in
            for calls in 1...2 {
                let response = try await weir.chat()
                #expect(response.status == 429 && response.text == spent && response["x-should-retry"] == nil)
                #expect(weir.origin.requests.count == calls)
            }
        }
    }

    @Test("a credential that is to wait is told so without a call, and for how long; others go on")
    func coolingDown() async throws {
        let answer = failing(["429 Slow"], fields: "Retry-After: 40\r\n", body: Self.limited)
        try await withWeir(routes: Chat.routes(), answer: answer) { weir in
            let first = try await weir.chat()
            #expect(first.status == 429 && first.text == Self.limited && first["Retry-After"] == "40")
            let second = try await weir.chat()
            #expect(second.status == 429)
            #expect(try second.error().code == "upstream_rate_limited")
            #expect(["39", "40"].contains(second["Retry-After"]))
            #expect(second["Cache-Status"] == "weir; fwd=uri-miss; detail=cooling-down")
            #expect(weir.origin.requests.count == 1)
            #expect(try await weir.chat(fields: "Authorization: Bearer b\r\n").status == 200)
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            #expect(upstream.coolingDown == [.chat: 1] && upstream.count(.coolingDown) == 1)
        }
    }

    @Test("an answer of old stands in for a 429 at once, and while the credential waits")
    func staleMeanwhile() async throws {
        let isLimited = Watched(false)
        try await withWeir(routes: Chat.routes { $0.cache.ttl = .seconds(60) }) { request, connection in
            guard isLimited.value else { return try await Chat.answering(request, connection) }
            try await connection.respond(status: "429 Slow", fields: "Retry-After: 20\r\n", body: Self.limited)
        } _: { weir in
            _ = try await weir.chat()
            isLimited.update { $0 = true }
            weir.clock.advance(by: .seconds(61))
            for status in ["; fwd-status=429", "", ""] {
                let stale = try await weir.chat()
                #expect(stale.status == 200 && stale.text == Chat.answer())
                #expect(stale["Cache-Status"] == "weir; fwd=stale\(status); ttl=-1; detail=stale-if-error")
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("a client that was tried for to the end is told not to go on")
    func exhausted() async throws {
        let answer = failing(["503 No", "503 No"], fields: "Retry-After: 0\r\n", body: "busy")
        try await withWeir(routes: Chat.routes(), answer: answer) { weir in
            let response = try await weir.chat()
            #expect(response.status == 503 && response.text == "busy" && response["x-should-retry"] == "false")
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("an upload that streams is sent again from its beginning")
    func upload() async throws {
        let isFirst = Watched(true)
        try await withWeir { request, connection in
            if isFirst.update({ first in
                defer { first = false }
                return first
            }) {
                return try await connection.respond(status: "503 No")
            }
            try await connection.respond(body: request.body.text)
        } _: { weir in
            let response = try await weir.request(
                "POST",
                "/",
                fields: "Transfer-Encoding: chunked\r\n",
                chunks: ["up", "load"]
            )
            #expect(response.status == 200 && response.text == "upload")
            #expect(weir.origin.requests.map(\.body.text) == ["upload", "upload"])
        }
    }

    @Test("a client that leaves while its call waits to be made again ends it")
    func clientLeaves() async throws {
        let answer = failing(["503 No"], fields: "Retry-After: 20\r\n")
        try await withWeir(answer: answer) { weir in
            let client = try await RawClient.connect(port: weir.port)
            try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            try await weir.origin.waitForRequests(count: 1)
            try await weir.wait(for: "the first try to end") { $0.upstreams[0].count(.serverError) == 1 }
            await client.close()
            try await weir.wait(for: "the retry to be cancelled") { $0.upstreams[0].retries[.cancelled] == 1 }
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("what is critical goes first, what is bulk makes room, and no upstream hears of it")
    func priorities() async throws {
        let gate = Gate()
        try await withWeir(
            configure: { $0.upstreams[0].pool = PoolSettings(max: 1, pending: 2) }
        ) { request, connection in
            if request.target == "/first" { try await gate.wait() }
            try await connection.respond(body: request["X-Weir-Priority"] ?? "none")
        } _: { weir in
            var clients: [RawClient] = []
            func send(_ target: String, _ priority: String, pending: Int) async throws {
                let client = try await RawClient.connect(port: weir.port)
                try await client.send(
                    "GET \(target) HTTP/1.1\r\nHost: weir.test\r\nX-Weir-Priority: \(priority)\r\n\r\n"
                )
                try await weir.wait(for: "\(target)") {
                    $0.upstreams[0].gauges.pending == pending && $0.upstreams[0].gauges.active == 1
                }
                clients.append(client)
            }
            try await send("/first", "default", pending: 0)
            try await send("/bulk", "BULK", pending: 1)
            try await send("/other", "whatever", pending: 2)
            try await send("/critical", "Critical", pending: 2)
            let displaced = try await clients[1].response()
            #expect(displaced.status == 503 && displaced["Retry-After"] == "1")
            #expect(try displaced.error().code == "upstream_busy")
            gate.open()
            for index in [0, 2, 3] { #expect(try await clients[index].response().text == "none") }
            #expect(weir.origin.requests.map(\.target) == ["/first", "/critical", "/other"])
            for client in clients { await client.close() }
        }
    }
}

extension Weir {
    /// A request whose body comes in chunks.
    fileprivate func request(_ method: String, _ target: String, fields: String, chunks: [String]) async throws
        -> ReceivedResponse
    {
        try await withRawClient(port: port) { client in
            try await client.send("\(method) \(target) HTTP/1.1\r\nHost: weir.test\r\n\(fields)\r\n")
            for chunk in chunks + [""] {
                try await client.send("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n")
            }
            return try await client.response(to: method)
        }
    }
}
