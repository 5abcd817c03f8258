import Testing
import WeirTraces

@testable import WeirCache

@Suite("Slab")
struct SlabTests {
    private static let page = Slab<Int>.slotsPerPage

    @Test(
        "elements stay where they are until they are moved, and what comes takes the lowest free place",
        arguments: 0..<5
    )
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var slab = Slab(vacant: -1)
        var model: [Int32: Int] = [:]
        for step in 0..<3000 {
            // It grows, then shrinks.
            let share = step < 1500 ? 5 : 70
            if Int.random(in: 0..<100, using: &generator) >= share {
                let lowest = (0..<Int32(slab.slots)).first { model[$0] == nil } ?? Int32(slab.slots)
                let place = slab.insert(step)
                #expect(place == lowest)
                model[place] = step
            } else if let (place, element) = model.randomElement(using: &generator) {
                #expect(slab[place] == element)
                slab.remove(place)
                model[place] = nil
                #expect(!slab.isTaken(Int(place)) && slab[place] == -1)
            }
            var steps = 1
            if let place = slab.nextToMove(steps: &steps) {
                #expect(steps == 1 && place == model.keys.max() && slab.isAstray(place))
                let moved = slab.move(place)
                #expect(moved < slab.count && model[moved] == nil)
                model[moved] = model.removeValue(forKey: place)
            }
            #expect(slab.count == model.count)
        }
        #expect(model.allSatisfy { slab.isTaken(Int($0)) && slab[$0] == $1 })
        #expect(slab.slots <= slab.count * 5 / 4 + 2 * Self.page)
    }

    @Test("empty pages go, each for a step, and those in between stay")
    func pages() {
        var slab = Slab(vacant: 0)
        for element in 0..<Self.page * 8 { _ = slab.insert(element) }
        #expect(slab.slots == Self.page * 8 && !slab.hasPageToSpare)
        for place in Self.page..<Self.page * 8 where place != Self.page * 3 { slab.remove(Int32(place)) }
        var steps = 2
        #expect(slab.nextToMove(steps: &steps) == nil)
        #expect(steps == 0 && slab.slots == Self.page * 6)
        steps = 10
        #expect(slab.nextToMove(steps: &steps) == Int32(Self.page * 3))
        #expect(steps == 8 && slab.slots == Self.page * 4)
        #expect(slab.move(Int32(Self.page * 3)) == Int32(Self.page))
        #expect(slab.nextToMove(steps: &steps) == nil)
        #expect(slab.slots == Self.page * 2 && slab[Int32(Self.page)] == Self.page * 3)
    }
}
