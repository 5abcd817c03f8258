import Testing
import WeirOpenAI
import WeirTesting

@testable import WeirProxy

/// Prompts that are made shorter on their way.
@Suite struct EconomyTests {
    @Test("the shorter prompt goes upstream, and is the key")
    func shorter() async throws {
        let routes = Chat.routes { $0.economy = PromptEconomySettings(minifiesJSON: true) }
        try await withWeir(routes: routes, answer: Chat.answering) { weir in
            let long = Chat.request(#"{ \"a\" : 1 }"#)
            let short = Chat.request(#"{\"a\":1}"#)
            #expect(try await weir.chat(long).status == 200)
            let hit = try await weir.chat(short)
            #expect(hit.isHit)
            #expect(weir.origin.requests.map(\.body.text) == [short])
            #expect(weir.origin.requests[0]["Content-Length"] == String(short.utf8.count))
            let metrics = await weir.proxy.snapshot().routes[0].metrics
            #expect(metrics.promptTokensSaved > 0)
        }
    }

    @Test("without it nothing is changed")
    func off() async throws {
        let long = Chat.request(#"{ \"a\" : 1 }"#)
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            let answer = try await weir.chat(long)
            #expect(answer.status == 200)
            #expect(weir.origin.requests.map(\.body.text) == [long])
        }
    }
}
