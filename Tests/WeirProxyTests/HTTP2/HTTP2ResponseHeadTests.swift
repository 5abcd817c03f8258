import NIOCore
import NIOHPACK
import Testing

@testable import WeirProxy

@Suite struct HTTP2ResponseHeadTests {
    private func make(_ head: String) -> [String] {
        HTTP2ResponseHead.make(ByteBuffer(string: head)).map { "\($0.name): \($0.value)" }
    }

    @Test("a status line and fields become HEADERS with names in lower case")
    func head() {
        #expect(
            make("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Odd:  a: b \t\r\nEmpty:\r\n")
                == [":status: 404", "content-type: text/plain", "x-odd: a: b", "empty: "]
        )
        #expect(make("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") == [":status: 103", "link: </a>"])
    }

    @Test("what belongs to a connection of HTTP/1.1 is left out")
    func connection() {
        let fields = "Connection: close\r\nKeep-Alive: 1\r\nTransfer-Encoding: chunked\r\nUpgrade: x\r\nA: b\r\n"
        #expect(make("HTTP/1.1 200 OK\r\n\(fields)Proxy-Connection: close\r\n") == [":status: 200", "a: b"])
    }

    @Test("bytes that are no UTF-8 are taken for ISO 8859-1, others stay what they are")
    func text() {
        var head = ByteBuffer(string: "HTTP/1.1 200 OK\r\nA: caf\u{E9}\r\nB: caf")
        head.writeBytes([0xE9, 0x0D, 0x0A])
        #expect(HTTP2ResponseHead.make(head).map(\.value) == ["200", "caf\u{E9}", "caf\u{E9}"])
    }

    @Test("a secret is never put into a compression table, and what changes is not either")
    func indexing() {
        let headers = HTTP2ResponseHead.make(
            ByteBuffer(string: "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nAge: 1\r\nServer: b\r\n")
        )
        #expect(headers.map(\.indexable) == [.indexable, .neverIndexed, .nonIndexable, .indexable])
    }
}
