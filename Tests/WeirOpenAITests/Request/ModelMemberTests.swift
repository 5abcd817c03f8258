import NIOCore
import Testing

@testable import WeirOpenAI

@Suite struct ModelMemberTests {
    @Test(
        "The model of a body, and the body with another",
        arguments: [
            (#"{"model":"a"}"#, "a", #"{"model":"new"}"#),
            (#" { "x" : {"model":"no"} , "model" : "a" } "#, "a", #" { "x" : {"model":"no"} , "model" : "new" } "#),
            (#"{"mod\u0065l":"\u0061"}"#, "a", #"{"mod\u0065l":"new"}"#),
        ]
    )
    func found(body: String, name: String, renamed: String) throws {
        // At any index of a larger buffer.
        var buffer = ByteBuffer(string: "junk" + body)
        buffer.moveReaderIndex(forwardBy: 4)
        let member = try #require(ModelMember.find(in: buffer))
        #expect(member.name == name)
        #expect(String(buffer: member.renamed("new", in: buffer)) == renamed)
    }

    @Test("A name is written as JSON has it")
    func escaped() throws {
        let buffer = ByteBuffer(string: #"{"model":"a"}"#)
        let renamed = try #require(ModelMember.find(in: buffer)).renamed("q\"b\\n\u{1}é", in: buffer)
        #expect(String(buffer: renamed) == #"{"model":"q\"b\\n\u0001é"}"#)
        #expect(ModelMember.find(in: renamed)?.name == "q\"b\\n\u{1}é")
    }

    @Test(
        "Where two readers could differ there is none",
        arguments: [
            "", "{", "[]", #""model""#, "{}", #"{"model":null}"#, #"{"model":["a"]}"#, #"{"model":"a","model":"a"}"#,
            #"{"model":"a","mod\u0065l":"b"}"#, #"{"messages":[{"model":"a"}]}"#,
        ]
    )
    func none(body: String) { #expect(ModelMember.find(in: ByteBuffer(string: body)) == nil) }
}
