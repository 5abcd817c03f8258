import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// A crowd that asks for the same of an upstream that fails: one call, and a retry where that may help, not one each.
@Suite struct FailureCrowdTests {
    /// Fewer than the failures that open a breaker.
    private static let count = 4

    @Test(
        "a failure is everybody's, unless it says that it is not",
        arguments: [
            // What upstream answers, and how often it is asked.
            ("500 Oh", "", 1), ("501 Never", "", 1), ("502 Bad", "", 2), ("503 Busy", "", 2), ("504 Late", "", 2),
            ("500 Oh", "Vary: Accept-Language\r\n", 1), ("500 Oh", "Vary: X-Client\r\n", count),
            ("500 Oh", "Vary: *\r\n", count), ("500 Oh", "Cache-Control: no-store\r\n", count),
            ("500 Oh", "Cache-Control: private\r\n", count), ("500 Oh", "Cache-Control: no-cache\r\n", count),
            ("500 Oh", "Set-Cookie: a=b\r\n", count), ("404 None", "", count),
        ]
    )
    func plain(status: String, fields: String, calls: Int) async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await gate.wait()
            try await connection.respond(status: status, fields: fields, body: "sorry")
        } _: { weir in
            let responses = try await Self.crowd(of: weir) { client in
                try await weir.request(fields: "X-Client: \(client)\r\n")
            } then: {
                gate.open()
            }
            #expect(responses.map { "\($0.status) \($0.text)" } == responses.map { _ in "\(status.prefix(3)) sorry" })
            #expect(weir.origin.requests.count == calls)
            let isShared = calls < Self.count
            let collapsed = responses.count { $0["Cache-Status"]?.contains("collapsed") == true }
            #expect(collapsed == (isShared ? Self.count - 1 : 0))
            let snapshot = await weir.proxy.snapshot()
            // Whom Vary keeps apart goes alone without being told to.
            #expect(snapshot.flights.released == UInt64(isShared || fields.contains("X-Client") ? 0 : Self.count - 1))
            #expect(snapshot.store.insertions == 0)
            // Who comes later is told what holds then.
            #expect(try await weir.request().text == "sorry")
            #expect(weir.origin.requests.count > calls)
        }
    }

    @Test(
        "what comes of a request that says who asks is for who asked",
        arguments: ["Cookie: sid", "X-Api-Key: k", "X-Auth-Token: t"]
    )
    func personal(field: String) async throws {
        let gate = Gate()
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            try await gate.wait()
            let name = field.split(separator: ":")[0]
            try await connection.respond(status: "500 Oh", body: request[String(name)] ?? "nobody")
        } _: { weir in
            let responses = try await Self.crowd(of: weir) { client in
                try await weir.request(fields: "\(field)=\(client)\r\n")
            } then: {
                gate.open()
            }
            #expect(Set(responses.map(\.text)).count == Self.count)
        }
    }

    @Test("so is the failure of an AI upstream", arguments: [("500 Oh", 1), ("503 Busy", 1), ("400 Bad", count)])
    func persona(status: String, calls: Int) async throws {
        let gate = Gate()
        try await withWeir(routes: Chat.routes(), configure: { $0.upstreams[0].retry.attempts = 1 }) {
            _,
            connection in
            try await gate.wait()
            try await connection.respond(status: status, body: #"{"error": {}}"#)
        } _: { weir in
            let responses = try await Self.crowd(of: weir) { _ in
                try await weir.chat()
            } then: {
                gate.open()
            }
            #expect(responses.allSatisfy { $0.text == #"{"error": {}}"# && "\($0.status)" == status.prefix(3) })
            #expect(weir.origin.requests.count == calls)
            #expect(await weir.proxy.snapshot().store.insertions == 0)
        }
    }

    /// What so many clients have got whose requests were in flight at the same time.
    private static func crowd(
        of weir: Weir,
        ask: @escaping @Sendable (_ client: Int) async throws -> ReceivedResponse,
        then act: () -> Void
    ) async throws -> [ReceivedResponse] {
        try await withThrowingTaskGroup(of: ReceivedResponse.self) { group in
            for client in 0..<count {
                group.addTask { try await ask(client) }
            }
            try await weir.waitForFollowers(UInt64(Self.count - 1))
            act()
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
