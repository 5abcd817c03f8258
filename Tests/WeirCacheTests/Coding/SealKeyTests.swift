import Testing

@testable import WeirCache

@Suite("The key of seals")
struct SealKeyTests {
    private static let bytes = [UInt8](0..<32)
    private static let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    private static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private static let spellings: [String] = [hex.uppercased(), base64, String(base64.dropLast())]

    @Test("32 bytes in hexadecimal or base64 are one key", arguments: spellings)
    func spelt(text: String) throws {
        #expect(SealKey(text) != nil && SealKey(text) == SealKey(Self.hex))
    }

    @Test("both alphabets of base64 are read")
    func alphabets() {
        let standard = String(repeating: "+/", count: 21) + "8="
        let forURLs = String(repeating: "-_", count: 21) + "8"
        #expect(SealKey(standard) != nil)
        #expect(SealKey(standard) == SealKey(forURLs))
        #expect(SealKey(standard) != SealKey(Self.hex))
    }

    private static let others: [String] = [
        "", "secret", String(hex.dropLast()), hex + "0", String(hex.dropLast()) + "g", " " + base64, base64 + "=",
        String(base64.dropLast(2)), "*" + String(base64.dropFirst()), String(base64.dropLast(2)) + "9=", base64 + "\n",
    ]

    @Test("anything else is none", arguments: others)
    func refused(text: String) {
        #expect(SealKey(text) == nil)
    }

    @Test("it shows nowhere")
    func hidden() throws {
        let key = try #require(SealKey(Self.hex))
        var dumped = ""
        dump(key, to: &dumped)
        var settings = ""
        dump([key], to: &settings)
        for text in ["\(key)", String(reflecting: key), "\([key])", "\(Optional(key) as Any)", dumped, settings] {
            #expect(text.contains("SealKey"))
            #expect(!text.contains(where: \.isNumber) || text == settings, "\(text)")
            #expect(!text.contains("0c0d") && !text.contains("SIMD"), "\(text)")
        }
    }

    @Test("keys tell themselves apart, and each salt gives a key of its own")
    func derived() throws {
        let (one, other) = (try #require(SealKey(Self.hex)), try #require(SealKey(String(Self.hex.reversed()))))
        #expect(one.identifier == SealKey(Self.hex)?.identifier)
        #expect(one.identifier != other.identifier)
        let salts = [SIMD4<UInt64>(repeating: 0), SIMD4(1, 0, 0, 0), SIMD4(0, 0, 0, 1)]
        let keys = salts.flatMap { [one.derived(for: $0), other.derived(for: $0)] }
        #expect(Set(keys).count == 6)
    }
}
