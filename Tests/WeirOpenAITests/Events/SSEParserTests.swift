import NIOCore
import Testing

@testable import WeirOpenAI

@Suite("Server-sent events")
struct SSEParserTests {
    private static let streams: [(String, [ServerSentEvent])] = [
        ("data: a\n\n", [event("a")]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", [event("a"), event("b")]),
        ("data: a\r\rdata: b\r\r", [event("a"), event("b")]),
        ("data: a\r\n\rdata: b\n\r\n", [event("a"), event("b")]),
        ("data:a\n\ndata:  a\n\ndata\n\n", [event("a"), event(" a"), event("")]),
        ("data: a\ndata: b\ndata:\n\n", [event("a\nb\n")]),
        (": comment\n\ndata: a\n: more\n\n:\n\n", [event("a")]),
        ("event: x\ndata: a\nid: 7\n\n", [event("a", name: "x", id: "7")]),
        ("event: error\n\n", [event("", name: "error")]),
        ("retry: 10\n\nid: 1\n\nfoo: bar\n\n", []),
        ("\n\n\r\n\r\ndata: a\n\n\n\n", [event("a")]),
        ("\u{FEFF}data: a\n\n", [event("a")]),
        ("data: a\n\n\u{FEFF}data: b\n\n", [event("a")]),
        ("data: {\"a\":\"b: c\"}\n\n", [event("{\"a\":\"b: c\"}")]),
        ("data: a\n\ndata: b\n", [event("a")]),
        ("data: a\n\ndata: b", [event("a")]),
        ("datax: a\n\nDATA: a\n\n data: a\n\n", []),
        ("data: wörld 😀\n\ndata: [DONE]\n\n", [event("wörld 😀"), event("[DONE]")]),
    ]

    private static func event(_ data: String, name: String? = nil, id: String? = nil) -> ServerSentEvent {
        ServerSentEvent(name: name, data: ByteBuffer(string: data), id: id)
    }

    private func events(_ chunks: [ByteBuffer]) -> [ServerSentEvent] {
        var parser = SSEParser()
        var events: [ServerSentEvent] = []
        for chunk in chunks {
            parser.push(chunk)
            while let event = parser.next() { events.append(event) }
        }
        return events
    }

    @Test("A stream gives the same events in every split", arguments: streams)
    func splits(stream: String, expected: [ServerSentEvent]) {
        let bytes = Array(stream.utf8)
        #expect(events([ByteBuffer(bytes: bytes)]) == expected)
        #expect(events(bytes.map { ByteBuffer(bytes: [$0]) }) == expected)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let chunks = [bytes[..<first], bytes[first..<second], bytes[second...]].map { ByteBuffer(bytes: $0) }
                #expect(events(chunks) == expected)
            }
        }
    }

    @Test("An event comes out with the byte that completes it")
    func promptness() {
        for (stream, end) in [("data: a\n\n", 9), ("data: a\r\n\r\n", 10), ("data: a\r\r", 9)] {
            var parser = SSEParser()
            let bytes = Array(stream.utf8)
            for (index, byte) in bytes.enumerated() {
                parser.push(ByteBuffer(bytes: [byte]))
                #expect((parser.next() != nil) == (index == end - 1))
            }
            #expect(!parser.endsWithinFrame)
        }
    }

    @Test("A frame over the limit ends the reading, however it is cut")
    func limit() {
        let stream = Array("data: ok\n\ndata: 0123456789\n\ndata: ok\n\n".utf8)
        for size in 1...stream.count {
            var parser = SSEParser(maxFrameBytes: 16)
            var events: [ServerSentEvent] = []
            var rest = stream[...]
            while !rest.isEmpty {
                parser.push(ByteBuffer(bytes: rest.prefix(size)))
                rest = rest.dropFirst(size)
                while let event = parser.next() { events.append(event) }
            }
            #expect(events.count == 1)
            #expect(parser.isOverflowing)
        }
    }

    @Test(
        "A stream that ends within a frame is told from one that ends at a boundary",
        arguments: [
            ("", false), ("data: a\n\n", false), ("data: a\n", true), ("d", true), ("data: a\n\n: comment", false),
            ("data: a\n\n: comment\n", false), ("data: a\n\n: comment\ndata", true),
            ("data: a\r\n\r\n", false), ("data: a\r\n\r", false), ("\n", false),
        ]
    )
    func endsWithinFrame(stream: String, expected: Bool) {
        var parser = SSEParser()
        parser.push(buffer(stream))
        while parser.next() != nil {}
        #expect(parser.endsWithinFrame == expected)
    }
}
