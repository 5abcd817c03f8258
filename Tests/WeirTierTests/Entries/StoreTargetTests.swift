import NIOCore
import Testing
import WeirCache
import WeirHTTP

@testable import WeirTier

@Suite struct StoreTargetTests {
    private let request: FieldSection = ["A": "1", "B": "2"]
    private let names = SelectingNames(names: ["a"], generation: 7)
    private var believed: ByteBuffer { TierValue.selection(names).bytes }

    @Test("without Vary an answer takes the place of the one that its request has selected, where any is selected")
    func plain() {
        let alone = StoreTarget(.none, answering: request, believed: ByteBuffer())
        #expect(alone.variant == nil && alone.chosen == nil && alone.begun == nil && alone.turn == "s")
        let target = StoreTarget(.none, answering: request, believed: believed)
        #expect(target.variant == nil && target.begun == nil && target.turn == "s")
        #expect(target.chosen == names.variant(for: request))
    }

    @Test("under the names that are there it is the one that its request selects")
    func same() {
        let target = StoreTarget(.make(names: ["a"], request: request), answering: request, believed: believed)
        #expect(target.begun == nil && target.turn == "v")
        #expect(target.variant == names.variant(for: request) && target.chosen == target.variant)
    }

    @Test("other names begin, each time apart from all before", arguments: [["b"], ["a", "b"]])
    func others(selecting: [String]) throws {
        let selection = VarySelection.make(names: selecting, request: request)
        let targets = [believed, believed, ByteBuffer(), ByteBuffer(string: "Va")].map {
            StoreTarget(selection, answering: request, believed: $0)
        }
        for target in targets {
            let begun = try #require(target.begun)
            #expect(begun.names == selecting && target.variant == begun.variant(selection) && target.turn == "s")
        }
        #expect(Set(targets.map(\.variant)).count == targets.count)
        #expect(targets.map(\.chosen) == [names.variant(for: request), names.variant(for: request), nil, nil])
    }

    @Test("which one is selected depends on names, values and when the names began")
    func variants() {
        let all = [
            names.variant(for: request), names.variant(for: ["A": "2"]), names.variant(for: [:]),
            names.variant(for: ["A": ""]), SelectingNames(names: ["a"], generation: 8).variant(for: request),
            SelectingNames(names: ["a", "b"], generation: 7).variant(for: request),
        ]
        #expect(Set(all).count == all.count)
        #expect(names.variant(for: ["B": "3", "a": "1"]) == all[0])
    }
}
