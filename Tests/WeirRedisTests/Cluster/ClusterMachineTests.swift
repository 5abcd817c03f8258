import NIOCore
import Testing

@testable import WeirRedis

@Suite("Keeping up with a cluster")
struct ClusterMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let seeds = [RedisEndpoint(host: "seed", port: 1)]
    private var machine: ClusterMachine

    init() { machine = ClusterMachine(seeds: seeds) }

    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    /// Half the slots each; a replica of the first.
    private func map(_ first: String, _ second: String, replica: String) throws -> SlotMap {
        func node(_ host: String) -> RedisReply { .array([.bulk(ByteBuffer(string: host)), .integer(1)]) }
        let reply = RedisReply.array([
            .array([.integer(0), .integer(8191), node(first), node(replica)]),
            .array([.integer(8192), .integer(16383), node(second)]),
        ])
        return try #require(SlotMap(reply, asked: seeds[0]))
    }

    private func hosts(_ machine: ClusterMachine) -> [String] { machine.held.map(\.host).sorted() }

    @Test("asks at the start, once somebody is reached, and then is connected to the masters")
    mutating func beginning() throws {
        #expect(hosts(machine) == ["seed"])
        #expect(machine.next(now: start) == .ask)
        machine.cutOff()
        #expect(machine.next(now: at(1)) == .nothing)
        machine.due()
        #expect(machine.next(now: at(2)) == .ask)
        machine.answered(try map("a", "b", replica: "c"), now: at(3))
        #expect(hosts(machine) == ["a", "b"])
        #expect(machine.next(now: at(4)) == .nothing)
    }

    @Test("asks once at a time and not too often, however much gives reason to")
    mutating func once() throws {
        #expect(machine.next(now: start) == .ask)
        machine.due()
        #expect(machine.next(now: at(1)) == .nothing)
        machine.answered(try map("a", "b", replica: "c"), now: at(10))
        #expect(machine.next(now: at(11)) == .wait(until: at(210)))
        #expect(machine.next(now: at(210)) == .ask)
        machine.answered(try map("a", "b", replica: "c"), now: at(220))
        #expect(machine.next(now: at(1000)) == .nothing)
    }

    @Test("asks again when there is no answer")
    mutating func failed() throws {
        #expect(machine.next(now: start) == .ask)
        machine.failed(now: at(100))
        #expect(machine.next(now: at(101)) == .wait(until: at(300)))
        #expect(machine.next(now: at(300)) == .ask)
    }

    @Test("turns to replicas and seeds when no master can be asked, until one can")
    mutating func cutOff() throws {
        #expect(machine.next(now: start) == .ask)
        machine.answered(try map("a", "b", replica: "c"), now: start)
        machine.due()
        #expect(machine.next(now: at(300)) == .ask)
        machine.cutOff()
        #expect(hosts(machine) == ["a", "b", "c", "seed"])
        machine.due()
        #expect(machine.next(now: at(301)) == .ask)
        machine.answered(try map("c", "b", replica: "a"), now: at(302))
        #expect(hosts(machine) == ["b", "c"])
    }

    @Test("stays connected for a while to whom commands are sent on")
    mutating func guests() throws {
        #expect(machine.next(now: start) == .ask)
        machine.answered(try map("a", "b", replica: "c"), now: start)
        machine.visit(RedisEndpoint(host: "new", port: 1), now: at(10))
        #expect(hosts(machine) == ["a", "b", "new"])
        for (time, expected) in [(59_000, ["a", "b", "new"]), (61_000, ["a", "b"])] {
            machine.due()
            #expect(machine.next(now: at(Int64(time))) == .ask)
            machine.answered(try map("a", "b", replica: "c"), now: at(Int64(time)))
            #expect(hosts(machine) == expected)
        }
    }
}
