import Testing

@testable import WeirTier

@Suite("A dictionary in parts")
struct PartedDictionaryTests {
    @Test("holds what was put into it last, and grows in small steps")
    func content() {
        var dictionary = PartedDictionary<String, Int>()
        for number in 0..<20_000 { dictionary["\(number)"] = number }
        for number in 0..<10_000 { dictionary["\(number)"] = number + 1 }
        #expect(dictionary.count == 20_000 && dictionary.largestPart < 1000)
        #expect(dictionary["9999"] == 10_000 && dictionary["10000"] == 10_000 && dictionary["20000"] == nil)
        dictionary["10000"] = nil
        dictionary["none"] = nil
        #expect(dictionary.count == 19_999)
        dictionary.removeAll { $0 <= 10_000 }
        #expect(dictionary.count == 9999 && dictionary["9999"] == nil && dictionary["10001"] == 10_001)
    }
}
