import Synchronization
import Testing
import WeirCache
import WeirTesting

@testable import WeirTier

@Suite("Purges that are told without a number, and too many of them, with a Redis", .timeLimit(.minutes(2)))
struct PurgeFeedTests {
    private let key = CacheKey(1, 2, 3, 4)

    @Test(
        "what is told by one that is gone for good bars answers until another gets it a number",
        arguments: ["a:", "?:"]
    )
    func orphaned(text: String) async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let feed = sidecars[1].tier.feed
                try await server.cli("PUBLISH", feed.keys.purgeChannel, "0 0 gone \(text)")
                try await until { sidecars.allSatisfy { $0.tier.snapshot().purges.received == 1 } }
                let before = try #require(feed.position)
                try await sidecars[0].write(answer("one"))
                #expect(try await sidecars[1].consult(key) != .answer(body: "one"))

                for _ in 0..<10 { feed.adoptRumours() }
                try await until {
                    sidecars.allSatisfy { $0.tier.position.map { $0.number > before.number } ?? false }
                }
                try await sidecars[0].write(answer("two"))
                #expect(try await sidecars[1].consult(key) == .answer(body: "two"))
            }
        }
    }

    @Test("more than are kept apart bar answers until they have been told")
    func tooMany() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server, configure: { $0.maxPurges = 2 }) { sidecars in
                let before = try #require(sidecars[1].tier.position)
                server.pause()
                for tag in ["a", "b", "c"] { sidecars[1].tier.purge(.tags([tag]), softly: false) }
                server.resume()
                try await until {
                    sidecars[1].tier.snapshot().purges.untold == 0
                        && sidecars.allSatisfy { $0.tier.position.map { $0.number > before.number } ?? false }
                }
                try await until {
                    sidecars[1].tier.feed.state.withLock { state in
                        state.unheard.verdict(on: PurgeSubject(key: key, path: "/", tags: [])) == .untouched
                    }
                }
                try await sidecars[0].write(answer("one"))
                #expect(try await sidecars[1].consult(key) == .answer(body: "one"))
            }
        }
    }
}
