import NIOCore
import Testing
import WeirHTTP

@Suite struct ProtocolOfferTests {
    private func offer(_ lines: String, method: String = "GET", version: String = "1.1") throws -> ProtocolOffer? {
        var buffer = ByteBuffer(string: "\(method) / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n")
        var decoder = RequestDecoder()
        guard case .head(let head)? = try decoder.decode(&buffer) else { preconditionFailure("Cannot read the head") }
        return ProtocolOffer(head)
    }

    @Test(
        "what is offered goes on without HTTP/2",
        arguments: [
            ("Connection: Upgrade\r\nUpgrade: websocket\r\n", "websocket"),
            ("Connection: keep-alive, upgrade\r\nUpgrade: WebSocket, IRC/6.9\r\n", "WebSocket, IRC/6.9"),
            ("Connection: Upgrade\r\nUpgrade: h2c, websocket\r\nUpgrade: HTTP/2.0\r\n", "websocket"),
            ("Connection: Upgrade\r\nUpgrade: h2c\r\n", nil),
            ("Connection: Upgrade\r\nUpgrade: \"websocket\", a b, a/b/c, /\r\n", nil),
            ("Upgrade: websocket\r\n", nil),
            ("Connection: Upgrade\r\n", nil),
            ("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n", nil),
        ]
    )
    func offered(lines: String, value: String?) throws {
        #expect(try offer(lines)?.value == value)
    }

    @Test("only GET over HTTP/1.1 offers")
    func method() throws {
        let lines = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        #expect(try offer(lines) != nil)
        #expect(try offer(lines, method: "POST") == nil)
        #expect(try offer(lines, version: "1.0") == nil)
    }

    @Test(
        "a 101 has to name what was offered and nothing else",
        arguments: [
            (["websocket"], true), (["WebSocket"], true), (["foo/1"], true), (["foo/2"], false), (["foo"], false),
            ([], false), (["websocket", "smtp"], false), (["websocket, smtp"], false),
        ]
    )
    func accepted(values: [String], isAccepted: Bool) throws {
        let offer = try #require(try offer("Connection: Upgrade\r\nUpgrade: websocket, foo/1\r\n"))
        var head = ResponseHead(status: 101)
        for value in values { head.fields.append(named: "Upgrade", value) }
        #expect(offer.isAccepted(by: head) == isAccepted)
    }
}
