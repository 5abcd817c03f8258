import Testing
import WeirTraces

@testable import WeirCache

@Suite("Handle table")
struct HandleTableTests {
    private func handles(_ table: HandleTable, _ hash: UInt32) -> Set<Int32> {
        var probe = table.probe(hash)
        var found: Set<Int32> = []
        while let handle = table.next(&probe) { found.insert(handle) }
        return found
    }

    @Test("all with one hash are found, and nothing else")
    func find() {
        var table = HandleTable()
        for handle in Int32(0)..<3 { table.insert(handle, hash: 7) }
        table.insert(3, hash: 8)
        #expect(handles(table, 7) == [0, 1, 2] && handles(table, 8) == [3] && handles(table, 9) == [])
        table.replace(1, with: 5, hash: 7)
        table.remove(0, hash: 7)
        #expect(handles(table, 7) == [2, 5])
        #expect(table.count == 3)
    }

    @Test("one place may have several hashes")
    func severalHashes() {
        var table = HandleTable()
        for handle in Int32(0)..<40 { for hash in UInt32(0)..<20 { table.insert(handle, hash: hash) } }
        for handle in Int32(0)..<40 { table.remove(handle, hash: UInt32(handle) % 20) }
        for hash in UInt32(0)..<20 { table.replace(39 - Int32(hash), with: 100, hash: hash) }
        for hash in UInt32(0)..<20 {
            let gone: Set<Int32> = [Int32(hash), Int32(hash) + 20, 39 - Int32(hash)]
            #expect(handles(table, hash) == Set(0..<40).subtracting(gone).union([100]))
        }
    }

    @Test("it agrees with a dictionary through any sequence of changes", arguments: 0..<20)
    func random(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var table = HandleTable()
        var model: [Int32: UInt32] = [:]
        for _ in 0..<3000 {
            let handle = Int32.random(in: 0..<500, using: &generator)
            if let hash = model.removeValue(forKey: handle) {
                table.remove(handle, hash: hash)
            } else {
                // Few hashes, so that many share one.
                let hash = UInt32.random(in: 0..<100, using: &generator)
                model[handle] = hash
                table.insert(handle, hash: hash)
            }
            #expect(table.count == model.count)
        }
        for hash in UInt32(0)..<100 {
            #expect(handles(table, hash) == Set(model.filter { $0.value == hash }.keys))
        }
    }

    @Test("it is right at any number of parts, growing and shrinking", arguments: 0..<3)
    func parts(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        let hashes = (0..<12_000).map { _ in UInt32.random(in: .min ... .max, using: &generator) }
        var table = HandleTable()
        for (handle, hash) in hashes.enumerated() {
            table.insert(Int32(handle), hash: hash)
            if handle % 500 == 0 {
                for other in 0...handle { #expect(handles(table, hashes[other]).contains(Int32(other))) }
            }
        }
        let parts = table.parts.count
        #expect(parts == 24)
        #expect(table.parts.allSatisfy { (200...1300).contains($0.count) })
        let order = hashes.indices.shuffled(using: &generator)
        for (removed, handle) in order.enumerated() {
            table.replace(Int32(handle), with: 20_000, hash: hashes[handle])
            #expect(handles(table, hashes[handle]).contains(20_000))
            table.remove(20_000, hash: hashes[handle])
            if removed % 500 == 0 || removed > 11_900 {
                for other in order[(removed + 1)...] { #expect(handles(table, hashes[other]) == [Int32(other)]) }
            }
        }
        #expect(table.count == 0 && table.parts.count == 1 && table.parts[0].slotCount == 8)
    }
}
