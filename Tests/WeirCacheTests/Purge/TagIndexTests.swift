import Testing
import WeirTraces

@testable import WeirCache

@Suite("Tag index")
struct TagIndexTests {
    private func handle(_ index: Int32) -> EntryHandle { EntryHandle(index: index) }

    /// What a walk comes to, in its parts.
    private func parts(_ index: TagIndex, _ tag: UInt32) -> [[EntryHandle]] {
        var parts: [[EntryHandle]] = []
        var cursor = TagIndex.Cursor()
        while !cursor.isAtEnd { parts.append(index.next(tag, &cursor)) }
        return parts
    }

    private func entries(_ index: TagIndex, _ tag: UInt32) -> [Int32] {
        parts(index, tag).flatMap { $0.map(\.index) }.sorted()
    }

    @Test("entries are found by each of their tags until they are removed")
    func find() {
        var index = TagIndex()
        index.add(handle(1), tags: [7, 8])
        index.add(handle(2), tags: [8, 9])
        #expect(entries(index, 7) == [1] && entries(index, 8) == [1, 2] && entries(index, 5) == [])
        index.move(handle(2), to: handle(0), tags: [8, 9])
        #expect(entries(index, 8) == [0, 1] && entries(index, 9) == [0])
        index.remove(handle(1), tags: [7, 8])
        #expect(entries(index, 7) == [] && entries(index, 8) == [0])
        index.remove(handle(0), tags: [8, 9])
        #expect(index.count == 0)
    }

    @Test("a response's tags have a hash each, a repeated one once")
    func hashes() {
        let long = String(repeating: "long ", count: 80)
        let tagged = response(key(1), tags: ["a", "b", "a", long, "", "é"])
        #expect(tagged.tags == ["a", "b", "a", long, "", "é"] && tagged.tagCount == 6)
        let expected = ["a", "b", long, "", "é"].map { TagIndex.hash($0.utf8Span.span) }
        #expect(TagIndex.hashes(of: tagged) == expected.sorted() && Set(expected).count == 5)
        #expect(["a", long, "", "é"].allSatisfy(tagged.carries) && !tagged.carries("c") && !tagged.carries("long"))
    }

    @Test("a tag of many entries has a table of its own, and loses it again")
    func groups() {
        let (most, least) = (Int32(TagIndex.maxScattered), Int32(TagIndex.minGrouped))
        var index = TagIndex()
        for entry in 0..<most { index.add(handle(entry), tags: [1, 2]) }
        #expect(index.slots == 0)
        index.add(handle(most), tags: [1])
        #expect(index.slots > 0 && entries(index, 1) == Array(0...most) && entries(index, 2) == Array(0..<most))
        for entry in most + 1..<20_000 { index.add(handle(entry), tags: [1]) }
        #expect(entries(index, 1) == Array(0..<20_000) && entries(index, 2) == Array(0..<most))
        for entry in least..<20_000 { index.remove(handle(entry), tags: entry < most ? [1, 2] : [1]) }
        #expect(entries(index, 1) == Array(0..<least) && entries(index, 2) == Array(0..<least))
        var steps = 10
        index.compact(steps: &steps)
        #expect(index.slots == 0 && steps == 9)
        for entry in 0..<least { index.remove(handle(entry), tags: [2, 1]) }
        #expect(index.count == 0 && entries(index, 1) == [])
    }

    @Test(
        "what one call comes to has a bound, however many carry the tag, and though they leave on the way",
        arguments: [1000, 10_000, 60_000]
    )
    func bounded(count: Int) {
        var index = TagIndex()
        for entry in 0..<count { index.add(handle(Int32(entry)), tags: [1]) }
        let parts = parts(index, 1)
        #expect(parts.reduce(0) { $0 + $1.count } == count && Set(parts.joined()).count == count)
        #expect(parts.allSatisfy { $0.count <= 1300 })
        var cursor = TagIndex.Cursor()
        while !cursor.isAtEnd {
            let part = index.next(1, &cursor)
            #expect(part.count <= 1300)
            for entry in part { index.remove(entry, tags: [1]) }
        }
        #expect(index.count == 0)
    }

    @Test("it agrees with a dictionary through any sequence of changes", arguments: 0..<5)
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var index = TagIndex()
        var model: [Int32: [UInt32]] = [:]
        for round in 0..<2000 {
            let entry = Int32.random(in: 0..<100, using: &generator)
            // Now most come, now most go, so that groups come and go as well.
            let comes = Int.random(in: 0..<4, using: &generator) < (round / 250 % 2 == 0 ? 3 : 1)
            if let known = model[entry], !comes {
                index.remove(handle(entry), tags: known)
                model[entry] = nil
            } else if let known = model[entry], model[entry + 100] == nil {
                index.move(handle(entry), to: handle(entry + 100), tags: known)
                model[entry + 100] = model.removeValue(forKey: entry)
            } else if comes, model[entry] == nil {
                let tags = (0..<8).filter { _ in Bool.random(using: &generator) }.map { UInt32($0) }
                index.add(handle(entry), tags: tags)
                model[entry] = tags
            }
            if round % 10 == 0 {
                for tag in UInt32(0)..<8 {
                    #expect(entries(index, tag) == model.filter { $0.value.contains(tag) }.keys.sorted())
                }
            }
            #expect(index.count == model.values.reduce(0) { $0 + $1.count })
        }
    }

    @Test("a walk comes once to all that stay, whatever comes and goes between its parts", arguments: 0..<6)
    func walk(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var index = TagIndex()
        let count = Int32.random(in: 1...12_000, using: &generator)
        // Some leave between the parts, most of them in every second run, and as many as are there come in the others.
        let stay = Int32.random(in: 0..<count, using: &generator)
        for entry in 0..<count { index.add(handle(entry), tags: [1]) }
        var going = Array(stay..<count).shuffled(using: &generator)
        var coming = Array(count..<count * 2)
        var seen: [EntryHandle] = []
        var cursor = TagIndex.Cursor()
        while !cursor.isAtEnd {
            seen += index.next(1, &cursor)
            for _ in 0..<Int.random(in: 0...1500, using: &generator) {
                if seed % 2 == 0 || Int.random(in: 0..<3, using: &generator) == 0 {
                    if let entry = going.popLast() { index.remove(handle(entry), tags: [1]) }
                } else if let entry = coming.popLast() {
                    index.add(handle(entry), tags: [1])
                }
            }
        }
        #expect(Set(seen).count == seen.count)
        #expect(Set(seen).isSuperset(of: (0..<stay).map(handle)))
    }
}
