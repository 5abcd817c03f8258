import NIOCore
import Testing

@testable import WeirRedis

@Suite("A cluster's slots")
struct SlotMapTests {
    private let asked = RedisEndpoint(host: "seed", port: 7000)

    private func node(_ host: RedisReply, _ port: Int64) -> RedisReply {
        .array([host, .integer(port), "id", .array([])])
    }

    private func range(_ first: Int64, _ last: Int64, _ nodes: RedisReply...) -> RedisReply {
        .array([.integer(first), .integer(last)] + nodes)
    }

    @Test("belong to the first node of their range; the others are its replicas")
    func masters() throws {
        let reply = RedisReply.array([
            range(0, 99, node("a", 1), node("c", 3)), range(100, 100, node("b", 2)), range(200, 16383, node("a", 1)),
        ])
        let map = try #require(SlotMap(reply, asked: asked))
        #expect(map.masters == [RedisEndpoint(host: "a", port: 1), RedisEndpoint(host: "b", port: 2)])
        #expect(map.replicas == [RedisEndpoint(host: "c", port: 3)])
        #expect(
            [0, 99, 100, 200, 16383].map { map.master(of: HashSlot(number: $0))?.host } == ["a", "a", "b", "a", "a"]
        )
        #expect(map.master(of: HashSlot(number: 150)) == nil)
    }

    @Test("without a host are the asked node's host, and of a node without a name nobody's")
    func hosts() throws {
        let reply = RedisReply.array([
            range(0, 1, node("", 7000)), range(2, 2, node(.null, 7001)), range(3, 3, node("?", 7002)),
        ])
        let map = try #require(SlotMap(reply, asked: asked))
        #expect(map.masters == [asked, RedisEndpoint(host: "seed", port: 7001)])
        #expect(map.master(of: HashSlot(number: 3)) == nil)
    }

    @Test("are not known from what is no topology")
    func refused() {
        for reply in [
            RedisReply.error("ERR This instance has cluster support disabled"), .null, .array([]), .array(["x"]),
            .array([range(0, 16384, node("a", 1))]), .array([range(5, 4, node("a", 1))]),
            .array([range(-1, 4, node("a", 1))]),
            .array([range(0, 4)]), .array([range(0, 4, node("?", 1))]),
        ] {
            #expect(SlotMap(reply, asked: asked) == nil)
        }
    }
}
