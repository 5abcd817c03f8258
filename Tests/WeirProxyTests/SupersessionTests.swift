import NIOCore
import Synchronization
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// The newest answer that a request has had is what it gets from then on, or is asked for anew: never an older one.
@Suite struct SupersessionTests {
    /// One request of a story, a second after the one before.
    struct Step: Sendable {
        /// The client's field lines.
        let fields: String
        /// What the origin answers: 200 with these fields, or `304`; nil where it is not to be asked.
        var answer: String?
        /// The number of the answer whose body the client gets.
        let body: Int

        init(_ fields: [String], _ answer: String? = nil, gets body: Int) {
            self.fields = fields.map { $0 + "\r\n" }.joined()
            self.answer = answer
            self.body = body
        }
    }

    private static let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
    private static let anew = "Cache-Control: no-cache"

    @Test(
        "whatever comes between",
        arguments: [
            // What may not be stored ends all that its request could have had.
            [
                Step(["a: 2"], "Vary: a", gets: 1), Step(["a: 1"], "X: plain", gets: 2),
                Step(["a: 2", anew], "Cache-Control: no-store", gets: 3), Step(["a: 2"], "X: plain", gets: 4),
            ],
            [
                Step(["a: 1", "b: 1"], "Vary: a", gets: 1), Step(["a: 2", "b: 2"], "Vary: b", gets: 2),
                Step(["a: 1", "b: 2", anew], "Cache-Control: private", gets: 3),
                Step(["a: 1", "b: 2"], "X: plain", gets: 4),
            ],
            // So does a 304: what it does not confirm is not what the request gets.
            [
                Step(["a: 2"], "Vary: a\r\nETag: \"one\"", gets: 1), Step(["a: 1"], "ETag: \"two\"", gets: 2),
                Step(["a: 2", anew], "304 ETag: \"two\"", gets: 2), Step(["a: 2"], gets: 2),
            ],
            [
                Step(["b: 2"], "Vary: b\r\nETag: \"two\"", gets: 1),
                Step(["b: 1"], "Vary: a\r\nETag: \"zero\"", gets: 2),
                Step(["b: 2", anew], "304 ETag: \"two\"", gets: 1), Step(["b: 2"], gets: 1),
            ],
            // What others have stays.
            [
                Step(["a: 2"], "Vary: a", gets: 1), Step(["a: 1"], "Vary: a", gets: 2),
                Step(["a: 2", anew], "Cache-Control: no-store", gets: 3), Step(["a: 1"], gets: 2),
            ],
            // What Weir tells the origin of a request by itself is nothing that a client's request can be matched with.
            [Step(["a: 1"], "Vary: X-Forwarded-For", gets: 1), Step(["a: 1"], "Vary: x-request-id", gets: 2)],
            [Step(["Via: 1.1 a"], "Vary: a, Via", gets: 1), Step(["Via: 1.1 a"], "X: plain", gets: 2)],
        ]
    )
    func story(steps: [Step]) async throws {
        let answers = Mutex(steps.compactMap(\.answer)[...])
        let count = steps.compactMap(\.answer).count
        try await withWeir(routes: Self.routes) { _, connection in
            let (number, answer) = try answers.withLock { answers in
                guard let answer = answers.popFirst() else { throw WireMismatch("asked for what is stored") }
                return (count - answers.count, answer)
            }
            guard !answer.hasPrefix("304 ") else {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\n\(answer.dropFirst(4))\r\n\r\n")
            }
            let cacheControl = answer.contains("Cache-Control") ? "" : "Cache-Control: max-age=600\r\n"
            try await connection.respond(fields: "\(cacheControl)\(answer)\r\n", body: "v\(number)")
        } _: { weir in
            for step in steps {
                let answer = try await weir.request("GET", "/", fields: step.fields)
                #expect(answer.status == 200 && answer.text == "v\(step.body)", "\(step.fields)")
                weir.clock.advance(by: .seconds(1))
            }
            #expect(answers.withLock { $0.isEmpty })
        }
    }

    @Test("who gets another's answer keeps no older one of his own")
    func follower() async throws {
        let gate = Gate()
        let count = Mutex(0)
        try await withWeir(routes: Self.routes) { request, connection in
            let number = count.withLock {
                $0 += 1
                return $0
            }
            if number == 2 { try await gate.wait() }
            let vary = number == 1 ? "Vary: a\r\n" : ""
            try await connection.respond(fields: "Cache-Control: max-age=600\r\n" + vary, body: "v\(number)")
        } _: { weir in
            #expect(try await weir.request("GET", "/", fields: "a: 2\r\n").text == "v1")
            weir.clock.advance(by: .seconds(1))
            async let leader = weir.request("GET", "/", fields: "a: 1\r\n")
            try await weir.origin.waitForRequests(count: 2)
            async let follower = weir.request("GET", "/", fields: "a: 2\r\nCache-Control: no-cache\r\n")
            try await weir.waitForFollowers(1)
            gate.open()
            let shared = try await [leader.text, follower.text]
            #expect(shared == ["v2", "v2"])
            #expect(try await weir.request("GET", "/", fields: "a: 2\r\n").text == "v2")
        }
    }

    @Test("of two fetches at once, the one that comes late does not bring an older answer back")
    func slow() async throws {
        let gate = Gate()
        let routes = [
            RouteSettings(
                path: "/",
                upstream: "app",
                features: Features(dedupe: false),
                cache: RouteCacheSettings(mode: .http)
            )
        ]
        try await withWeir(routes: routes) { request, connection in
            let isSlow = request["X"] == "slow"
            try await connection.send(
                "HTTP/1.1 200 OK\r\nDate: \(isSlow ? Self.dates.0 : Self.dates.1)\r\nCache-Control: max-age=1000000000\r\n"
                    + "Content-Length: 3\r\n\r\n"
            )
            if isSlow { try await gate.wait() }
            try await connection.send(isSlow ? "old" : "new")
        } _: { weir in
            async let slow = weir.request("GET", "/", fields: "X: slow\r\n")
            try await weir.origin.waitForRequests(count: 1)
            weir.clock.advance(by: .seconds(1))
            let new = try await weir.request("GET", "/")
            #expect(new.text == "new")
            weir.clock.advance(by: .seconds(1))
            gate.open()
            #expect(try await slow.text == "old")
            #expect(try await weir.request("GET", "/").text == "new")
            #expect(weir.origin.requests.count == 2)
        }
    }

    private static let dates = ("Sun, 22 Nov 2026 00:00:00 GMT", "Sun, 22 Nov 2026 00:00:02 GMT")
}
