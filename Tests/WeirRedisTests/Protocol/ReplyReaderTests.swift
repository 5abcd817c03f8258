import NIOCore
import Testing

@testable import WeirRedis

@Suite("Replies on the wire")
struct ReplyReaderTests {
    private static let wire =
        "+OK\r\n-ERR no\r\n:-42\r\n:9223372036854775807\r\n$5\r\na\r\nb\0\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
        + "*3\r\n*2\r\n+x\r\n*1\r\n$1\r\ny\r\n:1\r\n$-1\r\n+\r\n"

    private static let replies: [RedisReply] = [
        .status("OK"), .error("ERR no"), .integer(-42), .integer(.max), "a\r\nb\0", "", .null, .null, .array([]),
        .array([.array([.status("x"), .array(["y"])]), .integer(1), .null]), .status(""),
    ]

    @Test("are read alike however they are cut in two")
    func everySplit() throws {
        let bytes = Array(Self.wire.utf8)
        for cut in 0...bytes.count {
            #expect(try Self.read([bytes[..<cut], bytes[cut...]]) == Self.replies)
        }
    }

    @Test("are read byte for byte")
    func single() throws {
        let bytes = Array(Self.wire.utf8)
        #expect(try Self.read(bytes.indices.map { bytes[$0...$0] }) == Self.replies)
    }

    @Test(
        "are refused when they are none",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "\r\n", "$abc\r\n", "$-2\r\n", "*-2\r\n", ":1x\r\n", "%1\r\n+a\r\n+b\r\n",
            "_\r\n",
            "#t\r\n", ",1.5\r\n", ">1\r\n+x\r\n", "~1\r\n+x\r\n", "(12\r\n", "$99999999999999999999\r\n",
            String(repeating: "*1\r\n", count: 20),
        ]
    )
    func garbage(wire: String) {
        #expect(throws: ReplyReader.Violation.self) { try Self.read([ArraySlice(wire.utf8)]) }
    }

    @Test(
        "are refused when they are too much, at the latest when that much has come",
        arguments: [
            "$11\r\n12345678901\r\n", "*4\r\n:1\r\n", "*2\r\n*2\r\n", "*1000000000\r\n",
            "*3\r\n$9\r\n123456789\r\n$9\r\n123456789\r\n$9\r\n123456789\r\n",
            "+" + String(repeating: "x", count: 80), "$" + String(repeating: "1", count: 80),
            "$1000\r\n" + String(repeating: "x", count: 100),
        ]
    )
    func bounds(wire: String) {
        let bounds = ReplyBounds(bulk: 10, bytes: 20, elements: 3, line: 70)
        #expect(throws: ReplyReader.Violation.self) { try Self.read([ArraySlice(wire.utf8)], bounds) }
    }

    @Test("count each for itself")
    func boundsEach() throws {
        let bounds = ReplyBounds(bulk: 10, bytes: 20, elements: 3, line: 70)
        let wire = String(repeating: "*2\r\n$9\r\n123456789\r\n:1\r\n", count: 20)
        #expect(try Self.read([ArraySlice(wire.utf8)], bounds).count == 20)
    }

    private static func read(
        _ pieces: [ArraySlice<UInt8>],
        _ bounds: ReplyBounds = ReplyBounds()
    ) throws -> [RedisReply] {
        let reader = ReplyReader(bounds: bounds)
        var replies: [RedisReply] = []
        for piece in pieces { try reader.read(ByteBuffer(bytes: piece)) { replies.append($0) } }
        return replies
    }
}
