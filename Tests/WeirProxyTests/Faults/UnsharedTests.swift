import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Answers that are not for everybody: a crowd is not made to go one after the other for them.
@Suite struct UnsharedTests {
    private static let count = 6

    /// Answers that no two may share.
    private static let unshared = [
        "Cache-Control: private, max-age=60\r\nContent-Length: 4\r\n\r\nmine",
        "Cache-Control: no-store\r\nContent-Length: 4\r\n\r\nmine",
        "Cache-Control: max-age=60\r\nSet-Cookie: a=b\r\nContent-Length: 4\r\n\r\nmine",
        "Cache-Control: max-age=60\r\nVary: *\r\nContent-Length: 4\r\n\r\nmine",
        "Content-Length: 4\r\n\r\nmine",
        "Cache-Control: max-age=60\r\nContent-Length: 3000\r\n\r\n" + String(repeating: "x", count: 3_000),
        "Cache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\nbb8\r\n" + String(repeating: "x", count: 3_000)
            + "\r\n0\r\n\r\n",
    ]

    @Test("who comes after one does not wait for another's answer, which is not for him either", arguments: unshared)
    func remembered(answer: String) async throws {
        // Passed only by all at the same time.
        let barrier = Barrier(count: Self.count)
        try await withWeir(routes: HTTPCacheTests.routes, configure: { $0.cache.maxObject = 2_000 }) {
            request,
            connection in
            if request["X-Crowd"] != nil { try await barrier.arrive() }
            try await connection.send("HTTP/1.1 200 OK\r\n" + answer)
        } _: { weir in
            #expect(try await weir.request().status == 200)
            let responses = try await FlightTests.crowd(Self.count, of: weir, fields: "X-Crowd: 1\r\n") {}
            for response in responses {
                #expect(response.status == 200 && answer.contains(response.text))
                #expect(response["Cache-Status"]?.contains("collapsed") == false)
            }
            let snapshot = await weir.proxy.snapshot()
            #expect(weir.origin.requests.count == Self.count + 1)
            #expect(snapshot.flights == FlightCounts(flights: 0, leaders: 1, unshared: UInt64(Self.count)))
            #expect(snapshot.store.entries == 0)
        }
    }

    @Test(
        "what says nothing of the next answer is not remembered: failures, and what was due to one client's request",
        arguments: [
            ("500 Oh", "", ""), ("503 No", "Cache-Control: no-store\r\n", ""), ("429 Slow", "", ""),
            ("200 OK", "Cache-Control: max-age=60\r\n", "Authorization: Bearer a\r\n"),
        ]
    )
    func notRemembered(status: String, fields: String, request: String) async throws {
        let gate = Gate()
        let isFirst = Watched(true)
        try await withWeir(routes: HTTPCacheTests.routes, configure: { $0.upstreams[0].retry.attempts = 1 }) {
            _,
            connection in
            if isFirst.update({ first in
                defer { first = false }
                return first
            }) {
                return try await connection.respond(status: status, fields: fields, body: "no")
            }
            try await gate.wait()
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "for all")
        } _: { weir in
            #expect(try await weir.request(fields: request).text == "no")
            let responses = try await FlightTests.crowd(Self.count, of: weir) {
                try await weir.waitForFollowers(UInt64(Self.count - 1))
                gate.open()
            }
            #expect(responses.allSatisfy { $0.text == "for all" })
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("one answer that can be shared is stored, and ends it; so does the time")
    func forgotten() async throws {
        let isShared = Watched(false)
        let gates = ["/": Gate(), "/time": Gate()]
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            if request["X-Crowd"] != nil { try await gates[request.target]?.wait() }
            let mayShare = request["X-First"] == nil && (isShared.value || request.target == "/time")
            let control = mayShare ? "max-age=60" : "private"
            try await connection.respond(fields: "Cache-Control: \(control)\r\n", body: "hello")
        } _: { weir in
            // By an answer: it is stored though nobody shared it, and the next crowd shares.
            #expect(try await weir.request().text == "hello")
            isShared.update { $0 = true }
            #expect(try await weir.request()["Cache-Status"] == "weir; fwd=uri-miss; stored")
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
            weir.clock.advance(by: .seconds(61))
            // By the time.
            #expect(try await weir.request("GET", "/time", fields: "X-First: 1\r\n").text == "hello")
            weir.clock.advance(by: .minutes(2))
            for target in ["/", "/time"] {
                let before = weir.origin.requests.count
                let followers = await weir.proxy.snapshot().flights.followers
                let responses = try await FlightTests.crowd(3, of: weir, target: target, fields: "X-Crowd: 1\r\n") {
                    try await weir.waitForFollowers(followers + 2)
                    gates[target]?.open()
                }
                #expect(responses.allSatisfy { $0.text == "hello" })
                #expect(weir.origin.requests.count == before + 1)
            }
        }
    }
}
