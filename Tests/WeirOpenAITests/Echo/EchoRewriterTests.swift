import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite struct EchoRewriterTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let before: String
        let after: String
        var isEventStream = false
        var testDescription: String { name }
    }

    private static let mine =
        #"{"user":"bob","metadata":{"a": [1,"}\""], "b":null},"safety_identifier":"s","prompt_cache_key":"k"}"#
    private static let metadata = #"{"a": [1,"}\""], "b":null}"#

    private static func echoed(_ request: String) -> EchoedMembers {
        AIRequest.read(
            ByteBuffer(string: request),
            endpoint: .responses,
            fields: FieldSection(),
            settings: PersonaSettings()
        ).echoed
    }

    private static func run(_ row: Row, pieces size: Int) -> String {
        var rewriter = EchoRewriter(echoed(mine), isEventStream: row.isEventStream)
        var output = ByteBuffer()
        let bytes = Array(row.before.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
            output.writeImmutableBuffer(rewriter.filter(piece))
        }
        return String(buffer: output)
    }

    static let rows = [
        Row(
            name: "values of every kind",
            before: #"{"id":1,"user":"al\"ice","metadata":{"x":{"y":"}"}},"prompt_cache_key":null,"z":[]}"#,
            after: #"{"id":1,"user":"bob","metadata":\#(metadata),"prompt_cache_key":"k","z":[]}"#
        ),
        Row(
            name: "white space around them, and at the end of the object",
            before: "{ \"user\" :\n 17 ,\t\"metadata\" : [ 1, {} ] , \"safety_identifier\":false}\n",
            after: "{ \"user\" :\"bob\",\t\"metadata\" :\(metadata) , \"safety_identifier\":\"s\"}\n"
        ),
        Row(
            name: "names with escapes, and repeated",
            before: #"{"\u0075ser":"alice","user":"carol","us\er":"dave"}"#,
            after: #"{"\u0075ser":"bob","user":"bob","us\er":"dave"}"#
        ),
        Row(
            name: "what only looks like them stays",
            before:
                #"{"a":"\"user\":1","output":[{"user":"x"}],"text":{"metadata":{}},"users":1,"response":{"user":1}}"#,
            after: #"{"a":"\"user\":1","output":[{"user":"x"}],"text":{"metadata":{}},"users":1,"response":{"user":1}}"#
        ),
        Row(name: "a list at the top", before: #"[{"user":"x"},"user"]"#, after: #"[{"user":"x"},"user"]"#),
        Row(name: "no JSON", before: #"}}]]:"user":user""#, after: #"}}]]:"user":user""#),
        Row(
            name: "cut off within a value",
            before: #"{"id":1,"metadata":{"x":"#,
            after: #"{"id":1,"metadata":\#(metadata)"#
        ),
        Row(
            name: "events of a response, with any ends of lines",
            before: "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"user\":\"a\"}}\n\n"
                + ": user\rdata:{\"response\" : {\"output\":[{\"user\":2}],\"metadata\":{\"x\":1}}, \"user\":4}\r\n\r\n"
                + "data: {\"delta\":\"\\\"user\\\":1\"}\n\ndata: [DONE]\n\n",
            after: "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"user\":\"bob\"}}\n\n"
                + ": user\rdata:{\"response\" : {\"output\":[{\"user\":2}],\"metadata\":\(metadata)}, \"user\":\"bob\"}"
                + "\r\n\r\ndata: {\"delta\":\"\\\"user\\\":1\"}\n\ndata: [DONE]\n\n",
            isEventStream: true
        ),
        Row(
            name: "data of several lines, behind a byte order mark",
            before: "\u{FEFF}data: {\"response\":\ndata:{\"user\":\ndata: \"alice\",\n"
                + "data: \"metadata\": {\"x\":\ndata: 1}, \"id\":1}}\n\n",
            after: "\u{FEFF}data: {\"response\":\ndata:{\"user\":\"bob\"\ndata:,\n"
                + "data: \"metadata\":\(metadata)\ndata:, \"id\":1}}\n\n",
            isEventStream: true
        ),
        Row(
            name: "an event that was cut off does not reach into the next",
            before: "data: {\"response\":{\"user\":\"al\n\ndata: {\"user\":1}\n\n",
            after: "data: {\"response\":{\"user\":\"bob\"\n\ndata: {\"user\":\"bob\"}\n\n",
            isEventStream: true
        ),
    ]

    @Test("values of one's own take the place of others', however the answer is cut", arguments: rows)
    func rewrites(row: Row) {
        for size in [1, 2, 3, 5, 7, 11, 1000] { #expect(Self.run(row, pieces: size) == row.after) }
    }

    @Test("who has sent none is given what the API repeats to such")
    func neutral() {
        var rewriter = EchoRewriter(Self.echoed(Self.mine).neutral, isEventStream: false)
        let answer = ByteBuffer(string: #"{"user":"alice","metadata":{"x":1},"prompt_cache_retention":"24h"}"#)
        // What was not sent is the provider's own word.
        #expect(
            String(buffer: rewriter.filter(answer)) == #"{"user":null,"metadata":{},"prompt_cache_retention":"24h"}"#
        )
    }

    @Test("what a request repeats is on one line, null is as good as none, and too much goes past the cache")
    func echoed() {
        let read = Self.echoed("{\"metadata\":{\"a\":\r\n1},\"user\":null,\"safety_identifier\":\"s\"}")
        #expect(read.members.map(\.name) == ["metadata", "safety_identifier"])
        #expect(read.members.map { String(buffer: $0.value) } == [#"{"a":1}"#, #""s""#])
        let long = String(repeating: "x", count: EchoedMembers.maxBytes)
        let request = AIRequest.read(
            ByteBuffer(string: #"{"model":"m","input":"hi","metadata":{"x":"\#(long)"}}"#),
            endpoint: .responses,
            fields: FieldSection(),
            settings: PersonaSettings()
        )
        #expect(request.bypass == .largeMetadata && request.canonical == nil)
    }

    @Test("an answer without any of them is not copied")
    func uncopied() {
        var rewriter = EchoRewriter(Self.echoed(Self.mine), isEventStream: false)
        let answer = ByteBuffer(string: #"{"id":1,"choices":[{"message":{"content":"\"user\":"}}]}"#)
        let passed = rewriter.filter(answer)
        #expect(passed == answer)
        let places = [passed, answer].map { buffer in
            unsafe buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        }
        #expect(places[0] == places[1])
    }
}
