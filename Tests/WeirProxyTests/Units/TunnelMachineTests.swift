import Testing
import WeirUpstream

@testable import WeirProxy

@Suite struct TunnelMachineTests {
    @Test("one side's end goes to the other, the second is the tunnel's", arguments: [true, false])
    func ends(isClientFirst: Bool) {
        let (first, second): (TunnelMachine.Side, TunnelMachine.Side) =
            isClientFirst ? (.client, .upstream) : (.upstream, .client)
        var machine = TunnelMachine()
        #expect(machine.ended(first) == .closeOutput(second))
        #expect(machine.ended(first) == .none)
        #expect(machine.ended(second) == .finishBoth)
        #expect(machine.lost(first, .reset) == .none)
        #expect(machine.lost(second, .closed) == .none)
    }

    @Test("a connection that is gone takes the other with it, as it went")
    func losses() {
        var machine = TunnelMachine()
        #expect(machine.lost(.client, .reset) == .reset(.upstream))
        #expect(machine.ended(.upstream) == .none)
        machine = TunnelMachine()
        #expect(machine.ended(.client) == .closeOutput(.upstream))
        #expect(machine.lost(.upstream, .closed) == .finish(.client))
        machine = TunnelMachine()
        #expect(machine.expired() == .resetBoth)
        #expect(machine.lost(.client, .reset) == .none)
        machine = TunnelMachine()
        #expect(machine.lost(.upstream, .cut) == .cut(.client))
    }
}
