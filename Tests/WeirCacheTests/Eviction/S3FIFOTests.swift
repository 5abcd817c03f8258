import Testing
import WeirTraces

@testable import WeirCache

@Suite("S3-FIFO")
struct S3FIFOTests {
    @Test("what was never used goes first, oldest first")
    func order() {
        var queue = S3FIFO<String>()
        let handles = ["a", "b", "c"].enumerated().map { queue.insert($1, size: 10, fingerprint: UInt32($0)) }
        queue.use(handles[0])
        queue.use(handles[0])
        #expect(queue.bytes == 30)
        #expect(queue.evict()?.element == "b")
        #expect(queue.evict()?.element == "c")
        let last = queue.evict()
        #expect(last?.element == "a")
        #expect(last?.size == 10)
        #expect(last?.handle == handles[0])
        #expect(queue.evict() == nil)
        #expect(queue.bytes == 0)
        #expect(queue.count == 0)
    }

    @Test("a scan of things used once does not touch what is used often")
    func scan() {
        var queue = S3FIFO<Int>()
        let hot = (0..<20).map { queue.insert($0, size: 1, fingerprint: UInt32($0)) }
        for handle in hot {
            queue.use(handle)
            queue.use(handle)
        }
        for number in 20..<1000 {
            _ = queue.insert(number, size: 1, fingerprint: UInt32(number))
            if queue.count > 30 { #expect(queue.evict().map { $0.element >= 20 } == true) }
        }
        #expect(hot.map { queue.element($0) } == Array(0..<20))
    }

    @Test("what comes back soon after it was evicted is kept before the others")
    func ghost() {
        var queue = S3FIFO<String>()
        for name in ["a", "b", "c", "d"] { _ = queue.insert(name, size: 1, fingerprint: UInt32(name.utf8.first!)) }
        #expect(queue.evict()?.element == "a")
        _ = queue.insert("a", size: 1, fingerprint: UInt32(UInt8(ascii: "a")))
        _ = queue.insert("e", size: 1, fingerprint: UInt32(UInt8(ascii: "e")))
        #expect((0..<5).map { _ in queue.evict()?.element } == ["b", "c", "d", "e", "a"])
    }

    @Test("what is restored stands where it stood, behind what has come since")
    func restored() {
        var queue = S3FIFO<Int>()
        let handles = (0..<10).map { queue.insert($0, size: 1, fingerprint: UInt32($0)) }
        for handle in handles[2..<8] { for _ in 0...handle.index { queue.use(handle) } }
        for _ in 0..<3 { _ = queue.evict() }
        var copy = S3FIFO<Int>()
        _ = copy.insert(100, size: 1, fingerprint: 100)
        queue.beginWalk()
        var elements: [(element: Int, standing: EntryStanding)] = []
        while let next = queue.next() { elements.append(next) }
        queue.endWalk()
        for (element, standing) in elements.reversed() {
            _ = copy.restore(element, size: 1, fingerprint: UInt32(element), standing: standing)
        }
        #expect(copy.bytes == queue.bytes + 1 && copy.count == queue.count + 1)
        var order: [Int] = []
        var copied: [Int] = []
        while let victim = queue.evict() { order.append(victim.element) }
        while let victim = copy.evict() { copied.append(victim.element) }
        #expect(copied.filter { $0 != 100 } == order)
        #expect(copied.count == order.count + 1)
    }

    @Test("a walk comes to all that stay, in the order in which they go, whatever happens meanwhile", arguments: 0..<20)
    func walk(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var queue = S3FIFO<Int>()
        var handles = (0..<300).map { queue.insert($0, size: 1, fingerprint: UInt32($0)) }
        for _ in 0..<400 { queue.use(handles[Int.random(in: 0..<300, using: &generator)]) }
        var there = Set(0..<300)
        for _ in 0..<100 { if let gone = queue.evict()?.element { there.remove(gone) } }
        let begun = there
        queue.beginWalk()
        var seen: [Int] = []
        while let (element, _) = queue.next() {
            seen.append(element)
            let other = Int.random(in: 0..<300, using: &generator)
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: if let gone = queue.evict()?.element { there.remove(gone) }
            case 1 where there.contains(other):
                queue.remove(handles[other])
                there.remove(other)
            case 2:
                handles.append(queue.insert(handles.count, size: 1, fingerprint: UInt32(handles.count)))
            case 3:
                var steps = 1
                guard let handle = queue.nextToMove(steps: &steps) else { continue }
                handles[queue.element(handle)] = queue.move(handle)
            default: if there.contains(other) { queue.use(handles[other]) }
            }
        }
        #expect(queue.next() == nil)
        queue.endWalk()
        #expect(Set(seen).isSuperset(of: there.intersection(begun)))
    }

    @Test("what was removed leaves no trace, and its slot is used again")
    func remove() {
        var queue = S3FIFO<String>()
        let first = queue.insert("a", size: 7, fingerprint: 1)
        let second = queue.insert("b", size: 5, fingerprint: 2)
        #expect(queue.element(first) == "a")
        queue.remove(first)
        #expect(queue.bytes == 5)
        #expect(queue.insert("c", size: 1, fingerprint: 1) == first)
        queue.resize(second, to: 50)
        #expect(queue.bytes == 51)
        #expect(queue.size(second) == 50)
        #expect((0..<3).map { _ in queue.evict()?.element } == ["b", "c", nil])
    }

    @Test("sweeps go round the slab and find what is dead")
    func sweep() {
        var queue = S3FIFO<Int>()
        let handles = (0..<10).map { queue.insert($0, size: 1, fingerprint: UInt32($0)) }
        func sweep(_ slots: Int) -> (EntryHandle?, left: Int) {
            var left = slots
            return (queue.sweep(slots: &left, where: { $0 == 8 }), left)
        }
        #expect(sweep(4) == (nil, 0))
        #expect(sweep(6) == (handles[8], 2))
        queue.remove(handles[8])
        #expect(sweep(100) == (nil, 0))
    }

    @Test("bytes and counts stay true through any sequence of changes", arguments: 0..<20)
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var queue = S3FIFO<Int>()
        var model: [EntryHandle: (element: Int, size: Int)] = [:]
        for step in 0..<2000 {
            let handle = model.keys.sorted { $0.index < $1.index }.randomElement(using: &generator)
            switch (Int.random(in: 0..<6, using: &generator), handle) {
            case (0, let handle?):
                #expect(queue.element(handle) == model.removeValue(forKey: handle)?.element)
                queue.remove(handle)
            case (1, _):
                let victim = queue.evict()
                #expect(victim?.element == victim.flatMap { model.removeValue(forKey: $0.handle)?.element })
            case (2, let handle?):
                let size = Int.random(in: 1...100, using: &generator)
                queue.resize(handle, to: size)
                model[handle]?.size = size
            case (3, let handle?):
                queue.use(handle)
            default:
                let size = Int.random(in: 1...100, using: &generator)
                let fingerprint = UInt32.random(in: 0..<50, using: &generator)
                model[queue.insert(step, size: size, fingerprint: fingerprint)] = (step, size)
            }
            #expect(queue.count == model.count)
            #expect(queue.bytes == model.values.reduce(0) { $0 + $1.size })
        }
        while let victim = queue.evict() { #expect(model.removeValue(forKey: victim.handle) != nil) }
        #expect(model.isEmpty)
    }
}

extension S3FIFO {
    /// What the store does with a victim.
    fileprivate mutating func evict() -> (handle: EntryHandle, element: Element, size: Int)? {
        guard let handle = victim() else { return nil }
        defer { remove(handle) }
        return (handle, element(handle), size(handle))
    }
}
