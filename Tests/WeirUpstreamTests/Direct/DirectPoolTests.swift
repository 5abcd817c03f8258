import NIOCore
import NIOPosix
import Testing
import WeirTesting

@testable import WeirUpstream

/// One pool for calls from several event loops, and from one configuration to the next.
@Suite struct DirectPoolTests {
    /// Answers with the request's target; a request waits for its gate before, where it has one. Connections that are
    /// given up for another loop's sake are reset.
    private static func script(_ gates: [String: Gate]) -> ScriptedOrigin.Script {
        { connection in
            while let request = try? await connection.nextRequest() {
                if let gate = gates[request.target] { try await gate.wait() }
                try await connection.respond(body: request.target)
            }
        }
    }

    @Test("One place is one call at a time, whatever the loops")
    func oneAtATime() async throws {
        let gate = Gate()
        try await withPooledTransports(PoolSettings(max: 1), Self.script(["/0": gate])) { rig in
            let first = try await rig.call("/0", on: 0)
            var others: [TestCall] = []
            for index in 1..<6 { others.append(try await rig.call("/\(index)", on: index % 3)) }
            #expect(rig.gauges == PoolGauges(active: 1, pending: 5, max: 1))
            try await rig.origin.waitForConnections(count: 1)
            gate.open()
            #expect(try await first.response().text == "/0")
            for call in others { _ = try await call.response() }
            // Those who came at the same time may go in another order, as a connection is at hand.
            #expect(Set(rig.origin.requests.map(\.target)) == Set((0..<6).map { "/\($0)" }))
            #expect(rig.gauges == PoolGauges(idle: 1, max: 1))
        }
    }

    @Test("Places are not kept for a loop: with no queue at all, no call is refused while one is free")
    func nothingShared() async throws {
        let gates = ["/a": Gate(), "/b": Gate()]
        try await withPooledTransports(PoolSettings(max: 2, pending: 0), Self.script(gates)) { rig in
            for loop in 0..<3 {
                let answer = try await rig.call("/\(loop)", on: loop).response()
                #expect(answer.text == "/\(loop)")
            }
            for (loop, other) in [(0, 0), (0, 1), (2, 2), (1, 2)] {
                let both = [try await rig.call("/\(loop)\(other)", on: loop), try await rig.call("/x", on: other)]
                for call in both { #expect(try await call.response().status == 200) }
            }
            let held = [try await rig.call("/a", on: 1), try await rig.call("/b", on: 1)]
            let refused = try await rig.call("/c", on: 0)
            #expect(try await refused.error() == .busy)
            for gate in gates.values { gate.open() }
            for call in held { _ = try await call.response() }
        }
    }

    @Test("An idle connection of another loop is closed before one is opened beyond the limit")
    func idleMakesRoom() async throws {
        try await withPooledTransports(PoolSettings(max: 1), Self.script([:])) { rig in
            _ = try await rig.call("/", on: 0).response()
            #expect(rig.gauges == PoolGauges(idle: 1, max: 1))
            _ = try await rig.call("/", on: 1).response()
            #expect(rig.gauges == PoolGauges(idle: 1, max: 1))
            #expect(rig.origin.connectionCount == 2)
            _ = try await rig.call("/", on: 1).response()
            #expect(rig.origin.connectionCount == 2)
        }
    }

    @Test("A call waits no longer than it may for a place that another loop has")
    func deadline() async throws {
        let gate = Gate()
        let pool = PoolSettings(max: 1, pendingWait: .milliseconds(20))
        try await withPooledTransports(pool, Self.script(["/held": gate])) { rig in
            let held = try await rig.call("/held", on: 0)
            let waiting = [try await rig.call("/1", on: 1), try await rig.call("/2", on: 2)]
            for call in waiting { #expect(try await call.error() == .busy) }
            #expect(rig.gauges == PoolGauges(active: 1, max: 1))
            gate.open()
            _ = try await held.response()
        }
    }

    @Test("A full queue gives a place in it to a higher priority from another loop")
    func priorities() async throws {
        let gate = Gate()
        try await withPooledTransports(PoolSettings(max: 1, pending: 1), Self.script(["/held": gate])) { rig in
            let held = try await rig.call("/held", on: 0)
            let bulk = try await rig.call("/bulk", on: 1, .bulk)
            let critical = try await rig.call("/critical", on: 2, .critical)
            #expect(try await bulk.error() == .busy)
            gate.open()
            #expect(try await critical.response().text == "/critical")
            _ = try await held.response()
        }
    }

    @Test("A call that is cancelled while a place is on its way to it gives it back")
    func cancelledOnTheWay() async throws {
        try await withPooledTransports(PoolSettings(max: 1), Self.script([:])) { rig in
            _ = try await rig.call("/", on: 0).response()
            // The place is on its way by way of the first loop, which has an idle connection to close.
            let cancelled = try await rig.call("/cancelled", on: 1) {
                $0.call?.cancel()
                $0.isCancelled = true
            }
            let next = try await rig.call("/next", on: 2)
            #expect(try await next.response().text == "/next")
            #expect(cancelled.record.value.lateWords == 0)
            #expect(rig.origin.requests.map(\.target) == ["/", "/next"])
            #expect(rig.gauges == PoolGauges(idle: 1, max: 1))
        }
    }

    // MARK: Reloads

    @Test("A transport that comes in another's stead has the places that the other's calls leave")
    func succession() async throws {
        let gate = Gate()
        try await withPooledTransports(PoolSettings(max: 1), Self.script(["/old": gate])) { rig in
            let old = try await rig.call("/old", on: 0)
            let waiting = try await rig.call("/waiting", on: 1)
            let next = rig.succeeded(by: PoolSettings(max: 1, pending: 7))
            let new = try await next.call("/new", on: 0)
            #expect(next.gauges == PoolGauges(active: 1, pending: 2, max: 1))
            async let drained: Void = rig.transport.shutdown()
            gate.open()
            #expect(try await old.response().text == "/old")
            #expect(try await waiting.response().text == "/waiting")
            #expect(try await new.response().text == "/new")
            await drained
            #expect(rig.origin.requests.map(\.target) == ["/old", "/waiting", "/new"])
            #expect(next.gauges == PoolGauges(idle: 1, max: 1))
            await next.end()
        }
    }

    @Test("A higher limit lets in who waits already")
    func raised() async throws {
        let gate = Gate()
        try await withPooledTransports(PoolSettings(max: 1), Self.script(["/old": gate])) { rig in
            let old = try await rig.call("/old", on: 0)
            let waiting = try await rig.call("/waiting", on: 1)
            let next = rig.succeeded(by: PoolSettings(max: 2))
            #expect(try await waiting.response().text == "/waiting")
            gate.open()
            _ = try await old.response()
            await next.end()
        }
    }

    @Test("A lower limit closes what lies idle beyond it, and lets in nobody before enough have left")
    func lowered() async throws {
        let gates = ["/a": Gate(), "/b": Gate()]
        try await withPooledTransports(PoolSettings(max: 3), Self.script(gates)) { rig in
            let (first, second) = (try await rig.call("/a", on: 0), try await rig.call("/b", on: 1))
            _ = try await rig.call("/idle", on: 2).response()
            #expect(rig.gauges == PoolGauges(active: 2, idle: 1, max: 3))
            let next = rig.succeeded(by: PoolSettings(max: 1))
            #expect(next.gauges == PoolGauges(active: 2, max: 1))
            let third = try await next.call("/c", on: 2)
            gates["/a"]?.open()
            _ = try await first.response()
            #expect(next.gauges == PoolGauges(active: 1, pending: 1, max: 1))
            gates["/b"]?.open()
            _ = try await second.response()
            #expect(try await third.response().text == "/c")
            await next.end()
        }
    }

    @Test("Ending the former transport's calls fails none of the next one's")
    func aborted() async throws {
        try await withPooledTransports(PoolSettings(max: 1), Self.script(["/old": Gate()])) { rig in
            let old = try await rig.call("/old", on: 0)
            let waiting = try await rig.call("/waiting", on: 0)
            let next = rig.succeeded(by: PoolSettings(max: 1))
            let new = try await next.call("/new", on: 1)
            await rig.end()
            #expect(try await old.error() == .draining)
            #expect(try await waiting.error() == .draining)
            #expect(try await new.response().text == "/new")
            #expect(next.gauges == PoolGauges(idle: 1, max: 1))
            await next.end()
        }
    }

    @Test("An address keeps its pool when others come to it, and when they go")
    func severalAddresses() async throws {
        let gate = Gate()
        let pool = PoolSettings(max: 1)
        try await withPooledTransports(pool, Self.script(["/old": gate])) { rig in
            let old = try await rig.call("/old", on: 0)
            try await withScriptedOrigin(answers("b")) { b in
                try await withBalancedTransport(ports: [b.port, rig.origin.port], pool: pool) { several in
                    several.transport.succeed(rig.transport)
                    #expect(several.transport.gauges == PoolGauges(active: 1, max: 2))
                    let alone = DirectTransport(settings: rig.settings, group: rig.group)
                    alone.succeed(several.transport)
                    #expect(alone.gauges == PoolGauges(active: 1, max: 1))
                    gate.open()
                    let heard = try await old.response().text
                    let bodies = try await several.calls(2).sorted()
                    #expect(heard == "/old" && bodies == ["/", "b"])
                    #expect(alone.gauges == PoolGauges(idle: 1, max: 1))
                }
            }
        }
    }

    @Test("Another address has a pool of its own")
    func elsewhere() async throws {
        let gate = Gate()
        try await withPooledTransports(PoolSettings(max: 1), Self.script(["/old": gate])) { rig in
            let old = try await rig.call("/old", on: 0)
            try await withPooledTransports(PoolSettings(max: 1), Self.script([:])) { other in
                other.transport.succeed(rig.transport)
                let answer = try await other.call("/", on: 0).response()
                #expect(answer.text == "/")
                #expect(other.gauges == PoolGauges(idle: 1, max: 1))
            }
            gate.open()
            _ = try await old.response()
        }
    }
}
