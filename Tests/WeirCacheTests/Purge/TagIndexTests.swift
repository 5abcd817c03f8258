import Testing
import WeirTraces

@testable import WeirCache

@Suite("Tag index")
struct TagIndexTests {
    private func handle(_ index: Int32) -> EntryHandle { EntryHandle(index: index) }

    @Test("entries are found by each of their tags until they are removed")
    func find() {
        var index = TagIndex()
        let first = index.add(handle(1), tags: ["a", "b"])
        let second = index.add(handle(2), tags: ["b", "c"])
        #expect(index.entries(tagged: "a") == [handle(1)])
        #expect(Set(index.entries(tagged: "b")) == [handle(1), handle(2)])
        #expect(index.entries(tagged: "x").isEmpty)
        let (any, tags) = (GlobPattern("?"), index.slots)
        #expect(Set(index.entries(matching: any, within: 0..<tags)) == [handle(1), handle(2)])
        #expect(Set(index.entries(matching: GlobPattern("a*"), within: 0..<tags)) == [handle(1)])
        let parts = (0..<tags).map { index.entries(matching: any, within: $0..<$0 + 1).count }
        #expect(parts.filter { $0 > 0 }.sorted() == [1, 1, 2])
        index.remove(first)
        #expect(index.entries(tagged: "a").isEmpty)
        #expect(index.entries(tagged: "b") == [handle(2)])
        #expect(index.entries(matching: GlobPattern("a"), within: 0..<tags).isEmpty)
        index.remove(second)
        #expect(index.count == 0)
    }

    @Test("a repeated tag counts once, and no tag is no link")
    func repeated() {
        var index = TagIndex()
        let links = index.add(handle(1), tags: ["a", "b", "a"])
        #expect(index.entries(tagged: "a") == [handle(1)])
        index.remove(links)
        #expect(index.count == 0)
        #expect(index.add(handle(1), tags: []) == .none)
    }

    @Test("it agrees with a dictionary through any sequence of changes", arguments: 0..<10)
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        let names = (0..<8).map { "tag:\($0)" }
        var index = TagIndex()
        var model: [EntryHandle: (tags: Set<String>, links: TagIndex.Links)] = [:]
        for _ in 0..<500 {
            let entry = handle(Int32.random(in: 0..<20, using: &generator))
            if let known = model.removeValue(forKey: entry) {
                index.remove(known.links)
            } else {
                let tags = names.filter { _ in Bool.random(using: &generator) }.shuffled(using: &generator)
                model[entry] = (Set(tags), index.add(entry, tags: tags))
            }
            for name in names {
                let expected = model.filter { $0.value.tags.contains(name) }.map(\.key)
                #expect(Set(index.entries(tagged: name)) == Set(expected))
            }
            #expect(index.count == model.values.reduce(into: Set()) { $0.formUnion($1.tags) }.count)
        }
    }
}
