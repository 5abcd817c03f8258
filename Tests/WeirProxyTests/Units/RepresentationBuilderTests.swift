import NIOCore
import Testing
import WeirCache
import WeirHTTP

@testable import WeirProxy

@Suite struct RepresentationBuilderTests {
    private let fields = fieldSection(
        ("Content-Type", "text/plain"),
        ("ETag", "\"old\""),
        ("Cache-Control", "max-age=1"),
        ("Vary", "X"),
        ("Content-Encoding", "br"),
        ("Set-Thing", "1")
    )

    @Test("the ready head of each form")
    func heads() {
        let tag = EntityTag(isWeak: false, opaque: Array("t".utf8))
        let plain = RepresentationBuilder(status: 200, fields: fields, variesByCoding: false)
            .make(Representation.Form(), body: ByteBuffer(string: "hello"), etag: tag)
        #expect(
            String(buffer: plain.head) == """
                HTTP/1.1 200 OK\r
                Content-Type: text/plain\r
                Cache-Control: max-age=1\r
                Vary: X\r
                Set-Thing: 1\r
                Content-Encoding: br\r
                ETag: "t"\r
                Via: 1.1 weir\r
                Content-Length: 5\r

                """
        )
        #expect(
            String(buffer: plain.notModifiedHead)
                == "HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=1\r\nVary: X\r\nETag: \"t\"\r\nVia: 1.1 weir\r\n"
        )
        #expect(plain.etag.map { String(buffer: $0) } == "\"t\"")
        let gzip = RepresentationBuilder(status: 200, fields: fieldSection(), variesByCoding: true)
            .make(Representation.Form(coding: .gzip), body: ByteBuffer(), etag: nil)
        #expect(
            String(buffer: gzip.head)
                == "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nVia: 1.1 weir\r\nContent-Length: 0\r\n"
        )
        #expect(gzip.etag == nil)
    }

    @Test("RFC 9110 §8.6: a 204 has no Content-Length")
    func noContent() {
        let empty = RepresentationBuilder(status: 204, fields: fieldSection(), variesByCoding: false)
            .make(Representation.Form(), body: ByteBuffer(), etag: nil)
        #expect(String(buffer: empty.head) == "HTTP/1.1 204 No Content\r\nVia: 1.1 weir\r\n")
    }

    @Test(
        "RFC 9111 §3.1: what is no entity tag is kept as it came, in the form that it came with",
        arguments: [
            (nil, .identity, true), (nil, .gzip, false), ("gzip", .gzip, true),
        ] as [(String?, ContentCoding, Bool)]
    )
    func unreadableTags(received: String?, coding: ContentCoding, isKept: Bool) {
        var fields = fieldSection(("ETag", "abc"), ("ETag", "\"a\""))
        if let received { fields.append(.contentEncoding, received) }
        let made = RepresentationBuilder(status: 200, fields: fields, variesByCoding: true)
            .make(Representation.Form(coding: coding), body: ByteBuffer(), etag: nil)
        for head in [made.head, made.notModifiedHead] {
            #expect(String(buffer: head).contains("ETag: abc\r\nETag: \"a\"\r\n") == isKept)
        }
        #expect(made.etag == nil)
    }
}
