import NIOCore
import Testing
import WeirHTTP

@Suite("A whole field section")
struct WholeSectionTests {
    @Test("is read as it was written")
    func read() throws {
        let fields: FieldSection = ["ETag": "\"a\"", "X-Else": "", "eTAG": "b, c"]
        var text = ByteBuffer()
        fields.write(into: &text)
        text.writeString("\r\n")
        let section = try #require(FieldSection(whole: text))
        #expect(section == fields)
        #expect(section.count(of: .etag) == 2)
        #expect(try #require(FieldSection(whole: ByteBuffer(string: "\r\n"))).isEmpty)
    }

    @Test(
        "is nothing less, more or else",
        arguments: [
            "", "\r", "A: b\r\n", "A: b\r\n\r", "A: b\r\n\r\n\r\n", "A : b\r\n\r\n", "A: b\n\r\n", ": b\r\n\r\n",
        ]
    )
    func refused(text: String) {
        #expect(FieldSection(whole: ByteBuffer(string: text)) == nil)
    }
}
