import NIOCore
import Synchronization
import Testing
import WeirCache
import WeirRedis
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

    @Test("what was missed is read in small parts, and between them there is time for others")
    func parts() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let (teller, reader) = (sidecars[0], sidecars[1].tier.feed)
                reader.eventLoop.execute { reader.lost() }
                let count = 2000
                teller.tier.purge(.tags(Set((0..<count).map { "t\($0)" })), softly: false)
                try await until { teller.tier.position?.number == UInt64(count) }
                try await server.cli("CONFIG", "SET", "slowlog-max-len", "10000", "slowlog-log-slower-than", "0")
                reader.eventLoop.execute {
                    reader.subscribed()
                    ask(reader)
                }
                try await until { reader.position?.number == UInt64(count) }
                let commands = try await server.cli("EVAL", Self.commands, "0", TierScripts.read.digest)
                let said = commands.split(separator: " ")
                let reads = said.filter { $0 != "ECHO" }
                #expect(reads.count >= count / PurgeFeed.page && Set(reads) == ["\(PurgeFeed.page)"])
                let first = try #require(said.firstIndex(of: reads[0]))
                let last = try #require(said.lastIndex(of: reads[0]))
                #expect(said[first...last].contains("ECHO"))
            }
        }
    }

    /// One command after the other on its event loop, for as long as purges are read.
    private func ask(_ feed: PurgeFeed) {
        let command = RedisCommand("ECHO", [ByteBuffer(string: "a")], keyIndex: nil)
        feed.client.send([command], on: feed.eventLoop) { _ in
            if feed.position == nil { ask(feed) }
        }
    }

    /// What a server was told, from the first to the last: of reading the order of purges, how many at most.
    private static let commands = """
        local told = {}
        for _, entry in ipairs(redis.call('SLOWLOG', 'GET', '-1')) do
          local words = entry[4]
          if words[1] == 'ECHO' then table.insert(told, 1, 'ECHO') end
          if words[1]:sub(1, 4) == 'EVAL' and words[2] == ARGV[1] then table.insert(told, 1, words[#words]) end
        end
        return table.concat(told, ' ')
        """

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
