import Testing

@testable import WeirProxy

@Suite struct RouteSlotsTests {
    private static func unused(_ slot: Int) -> Bool { false }

    @Test("a route keeps its slot by its name, wherever it stands and even when it was gone")
    func keeps() {
        var slots = RouteSlots()
        #expect(slots.assign(["/a", "/b"], isInUse: Self.unused).slots == [0, 1])
        #expect(slots.assign(["/c", "/b"], isInUse: Self.unused).slots == [2, 1])
        let (again, emptied) = slots.assign(["/b", "/a", "/c"], isInUse: Self.unused)
        #expect(again == [1, 0, 2] && emptied == [])
        #expect(slots.count == 3)
    }

    @Test("of routes that are gone the longest gone are forgotten first, and their slots used again")
    func forgets() {
        var slots = RouteSlots()
        for number in 0...RouteSlots.maxGone {
            #expect(slots.assign(["/\(number)"], isInUse: Self.unused).slots == [number])
        }
        #expect(slots.count == RouteSlots.maxGone + 1)
        let (given, emptied) = slots.assign(["/new"], isInUse: Self.unused)
        #expect(given == [0] && emptied == [0])
        #expect(slots.count == RouteSlots.maxGone + 1)
        // Still remembered.
        #expect(slots.assign(["/1"], isInUse: Self.unused).slots == [1])
    }

    @Test("a slot in which a former generation's request may still count is not given away")
    func inUse() {
        var slots = RouteSlots()
        for number in 0...RouteSlots.maxGone { _ = slots.assign(["/\(number)"], isInUse: Self.unused) }
        let (given, emptied) = slots.assign(["/new"], isInUse: { $0 == 0 })
        #expect(given == [1] && emptied == [1])
        let (later, emptiedLater) = slots.assign(["/newer"], isInUse: Self.unused)
        #expect(later == [0] && emptiedLater == [0])
    }

    @Test("however many reloads with other routes, there is a bound")
    func bounded() {
        var slots = RouteSlots()
        for number in 0..<1000 { _ = slots.assign(["/\(number)", "/same"], isInUse: Self.unused) }
        #expect(slots.count <= RouteSlots.maxGone + 3)
    }
}
