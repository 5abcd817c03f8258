import Testing
import WeirTraces

@testable import WeirCache

@Suite("Slot map")
struct SlotMapTests {
    @Test("it agrees with a set through any sequence of changes", arguments: 0..<10)
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var map = SlotMap()
        var model: Set<Int> = []
        for _ in 0..<2000 {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<60:
                let free = map.lowestFree
                #expect(free == (0..<map.slots).first { !model.contains($0) })
                if let free {
                    map.take(free)
                    model.insert(free)
                } else if map.slots < 5000 {
                    map.extend(by: 64 * Int.random(in: 1...10, using: &generator))
                }
            case 60..<98:
                guard let taken = model.randomElement(using: &generator) else { continue }
                map.release(taken)
                model.remove(taken)
            case 98:
                let start = Int.random(in: 0...map.slots, using: &generator) / 64 * 64
                #expect(map.highestTaken(from: start) == model.filter { $0 >= start }.max())
            default:
                while map.slots > 0, map.highestTaken(from: map.slots - 64) == nil { map.shorten(by: 64) }
            }
            #expect(map.count == model.count)
        }
        #expect((-1...map.slots).filter { map.contains($0) } == model.sorted())
    }

    @Test("the lowest free slot is found beyond thousands that are taken")
    func many() {
        var map = SlotMap()
        map.extend(by: 10_048)
        for slot in 0..<10_048 { map.take(slot) }
        #expect(map.lowestFree == nil)
        for slot in [9000, 4096, 4095] {
            map.release(slot)
            #expect(map.lowestFree == slot)
        }
        for slot in 5000..<10_048 where slot != 9000 { map.release(slot) }
        map.shorten(by: 5000 / 64 * 64)
        #expect(map.slots == 10_048 - 4992 && map.highestTaken(from: 4096) == 4999)
    }
}
