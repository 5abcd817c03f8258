import NIOCore
import Testing

@testable import WeirTier

@Suite struct TierValueTests {
    @Test("a value reads as it was written")
    func values() {
        let values = [
            TierValue.entry(kept: 5, ByteBuffer(string: "bytes")), .entry(kept: 0, ByteBuffer()),
            .selection(SelectingNames(names: ["accept-language", "x-a"], generation: .max - 1)),
        ]
        for value in values { #expect(TierValue(value.bytes) == value) }
    }

    @Test(
        "what is none is none",
        arguments: [
            "", "E", "E1234567", "S", "S1234567", "S12345678", "S12345678a,", "S12345678a,,b", "S12345678a b", "Xyz",
            // As a former version wrote them.
            "Vaccept-language,x-a",
        ]
    )
    func none(text: String) { #expect(TierValue(ByteBuffer(string: text)) == nil) }

    @Test("neither a negative time nor endless names are taken")
    func bounds() {
        #expect(TierValue(TierValue.entry(kept: -1, ByteBuffer()).bytes) == nil)
        #expect(TierValue(ByteBuffer(string: "S12345678" + String(repeating: "a", count: 5000))) == nil)
        #expect(
            TierValue(ByteBuffer(string: "S12345678" + Array(repeating: "a", count: 65).joined(separator: ","))) == nil
        )
    }

    @Test(
        "how old it is follows from how long Redis keeps it still",
        arguments: [(5000, 5000, 0), (5000, 1, 4999), (5000, 0, 5000), (5000, -2, 5000), (5000, 5001, 0)]
            as [(
                Int64, Int64, Int64
            )]
    )
    func elapsed(kept: Int64, remaining: Int64, milliseconds: Int64) {
        #expect(TierValue.elapsed(kept: kept, remaining: remaining) == .milliseconds(milliseconds))
    }

    @Test(
        "names that are written are read, and those that would not be are not written",
        arguments: [1, 63, 64, 65, 200]
    )
    func boundsOfNames(count: Int) {
        for length in [2, 60, 62, 63, 64, 100, 4095, 4096] {
            let names = (0..<count).map { number in
                let end = String(number)
                return String(repeating: "x", count: max(0, length - end.utf8.count)) + end
            }
            let value = TierValue.selection(SelectingNames(names: names, generation: 1))
            #expect((TierValue(value.bytes) == value) == TierValue.holds(names))
        }
        #expect(TierValue.holds((0..<count).map(String.init)) == (count <= 64))
    }
}
