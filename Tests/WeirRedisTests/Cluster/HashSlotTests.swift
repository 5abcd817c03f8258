import NIOCore
import Testing

@testable import WeirRedis

@Suite("A key's slot")
struct HashSlotTests {
    @Test(
        "is CRC16 of the key, or of its tag",
        arguments: [
            ("123456789", 0x31C3), ("", 0), ("foo", 12182), ("bar", 5061), ("{foo}x", 12182), ("x{foo}", 12182),
            ("x{foo}{bar}", 12182), ("user:{foo}:y", 12182),
        ]
    )
    func tagged(key: String, slot: Int) { #expect(HashSlot(of: ByteBuffer(string: key)).number == slot) }

    @Test(
        "is of the whole key where there is no tag",
        arguments: ["{}foo", "foo{}{bar}", "{foo", "foo}", "}{", "{{foo}"]
    )
    func untagged(key: String) {
        let slot = HashSlot(of: ByteBuffer(string: key))
        #expect((slot == HashSlot(of: "foo")) == false)
        #expect((slot == HashSlot(of: "bar")) == false)
        // The first of two braces is within the tag.
        if key == "{{foo}" { #expect(slot == HashSlot(of: "{foo")) }
    }
}
