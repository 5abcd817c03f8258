import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Providers that say how much is left, as clients see it.
@Suite struct PacingTests {
    /// As ``Chat/answering``, with these limits.
    private func answer(remaining: Int, reset: String) -> Answer {
        { request, connection in
            try await connection.respond(
                fields: "Content-Type: application/json\r\nx-ratelimit-limit-requests: 60\r\n"
                    + "x-ratelimit-remaining-requests: \(remaining)\r\nx-ratelimit-reset-requests: \(reset)\r\n",
                body: Chat.answer()
            )
        }
    }

    private func ask(_ weir: Weir, _ text: String, credential: String = "a") async throws -> ReceivedResponse {
        try await weir.chat(Chat.request(text), fields: "Authorization: Bearer \(credential)\r\n")
    }

    @Test("what would be refused waits, and what cannot go in time is told so without a call")
    func paced() async throws {
        try await withWeir(routes: Chat.routes(), answer: answer(remaining: 0, reset: "40s")) { weir in
            #expect(try await ask(weir, "a").status == 200)
            let refused = try await ask(weir, "b")
            #expect(refused.status == 429)
            #expect(try refused.error().code == "upstream_rate_limited")
            #expect(["39", "40"].contains(refused["Retry-After"]))
            #expect(refused["Cache-Status"] == "weir; fwd=uri-miss; detail=paced")
            #expect(weir.origin.requests.count == 1)
            // What is stored needs no call, and others have limits of their own.
            #expect(try await ask(weir, "a").isHit)
            #expect(try await ask(weir, "b", credential: "b").status == 200)
            let upstream = try #require(await weir.proxy.snapshot().upstreams.first)
            #expect(upstream.pacing == PaceSnapshot(outcomes: [.refused: 1]) && upstream.count(.paced) == 1)
        }
    }

    @Test("a short wait is waited out")
    func waits() async throws {
        try await withWeir(routes: Chat.routes(), answer: answer(remaining: 0, reset: "50ms")) { weir in
            for text in ["a", "b", "c"] { #expect(try await ask(weir, text).status == 200) }
            #expect(weir.origin.requests.count == 3)
            let pacing = try #require(await weir.proxy.snapshot().upstreams.first).pacing
            #expect(pacing.outcomes == [.sent: 2] && pacing.waiting == 0 && pacing.waitSeconds > 0)
        }
    }

    @Test("an answer of old is served at once rather than a wait, however short")
    func stale() async throws {
        try await withWeir(
            routes: Chat.routes { $0.cache.ttl = .seconds(60) },
            answer: answer(remaining: 0, reset: "5s")
        ) { weir in
            #expect(try await ask(weir, "a").status == 200)
            weir.clock.advance(by: .seconds(61))
            let stale = try await ask(weir, "a")
            #expect(stale.status == 200 && stale.text == Chat.answer())
            #expect(stale["Cache-Status"] == "weir; fwd=stale; ttl=-1; detail=stale-if-error")
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test(
        "switched off, by upstream or with the breakers, or not to be understood, nobody waits",
        arguments: ["pace", "breaker", "malformed"]
    )
    func off(how: String) async throws {
        try await withWeir(
            routes: Chat.routes { if how == "breaker" { $0.features.breaker = false } },
            configure: { if how == "pace" { $0.upstreams[0].pace.isOn = false } },
            answer: answer(remaining: 0, reset: how == "malformed" ? "40" : "40s")
        ) { weir in
            for text in ["a", "b"] {
                let answer = try await ask(weir, text)
                #expect(answer.status == 200)
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("a stream is asked for its usage, unless its upstream refuses that")
    func includeUsage() async throws {
        for asks in [true, false] {
            try await withWeir(
                routes: Chat.routes(),
                configure: { $0.upstreams[0].asksUsage = asks },
                answer: answer(remaining: 9, reset: "1s")
            ) { weir in
                _ = try await weir.chat(Chat.request("a", members: #","stream":true"#))
                #expect(weir.origin.requests.first?.body.text.contains("include_usage") == asks)
            }
        }
    }
}
