import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct ResponseCodingTests {
    private func response(_ length: UInt64? = 5_000, _ fields: (String, String)...) -> ResponseHead {
        var section = fieldSection(("Content-Type", "text/plain"))
        for (name, value) in fields { section.append(named: name, value) }
        return ResponseHead(status: 200, framing: length.map { .length($0) } ?? .chunked, fields: section)
    }

    private func choice(_ response: ResponseHead, accepts: String, mayDecode: Bool = true, gzip: Bool = true) throws
        -> ResponseCoding
    {
        ResponseCoding.choose(
            response,
            request: try requestHead("GET", "/", ("Accept-Encoding", accepts)),
            features: Features(gzip: gzip),
            mayDecode: mayDecode
        )
    }

    @Test("what is done to a body")
    func chooses() throws {
        #expect(try choice(response(), accepts: "gzip") == .compress)
        #expect(try choice(response(nil), accepts: "gzip") == .compress)
        #expect(try choice(response(), accepts: "") == .unchanged)
        #expect(try choice(response(1_023), accepts: "gzip") == .unchanged)
        #expect(try choice(response(), accepts: "gzip", gzip: false) == .unchanged)
        let coded = response(5_000, ("Content-Encoding", "GZIP"))
        #expect(try choice(coded, accepts: "gzip") == .unchanged)
        #expect(try choice(coded, accepts: "identity") == .decompress)
        #expect(try choice(coded, accepts: "identity", mayDecode: false) == .unchanged)
        #expect(try choice(response(5_000, ("Content-Encoding", "br")), accepts: "") == .unchanged)
        #expect(try choice(response(5_000, ("Content-Encoding", "gzip, gzip")), accepts: "") == .unchanged)
    }

    @Test("Vary is told wherever another client could get something else")
    func varies() {
        let features = Features()
        #expect(ResponseCoding.varies(response(), features: features, mayDecode: false))
        #expect(!ResponseCoding.varies(response(10), features: features, mayDecode: false))
        let coded = response(10, ("Content-Encoding", "gzip"))
        #expect(ResponseCoding.varies(coded, features: features, mayDecode: true))
        #expect(!ResponseCoding.varies(coded, features: features, mayDecode: false))
    }

    @Test(
        "each coding has a tag of its own, but of one tag alone",
        arguments: [
            ("\"a\"", "\"a\"", "\"a-gzip\"", "\"a-identity\""), ("W/\"a\"", "W/\"a\"", "W/\"a\"", "W/\"a\""),
        ]
    )
    func tags(tag: String, unchanged: String, compressed: String, decompressed: String) {
        let fields = fieldSection(("ETag", tag))
        func text(_ coding: ResponseCoding) -> String? {
            coding.entityTag(fields).map {
                var buffer = ByteBuffer()
                $0.write(into: &buffer)
                return String(buffer: buffer)
            }
        }
        #expect([text(.unchanged), text(.compress), text(.decompress)] == [unchanged, compressed, decompressed])
        #expect(ResponseCoding.compress.entityTag(fieldSection(("ETag", "\"a\""), ("ETag", "\"b\""))) == nil)
        #expect(ResponseCoding.compress.entityTag(fieldSection(("ETag", "a"))) == nil)
    }

    @Test(
        "a client that names the compressed form has that one",
        arguments: [
            ("\"a-gzip\"", true), ("W/\"a-gzip\"", true), ("\"x\", \"a-gzip\"", true), ("\"a\"", false),
            ("\"a\", \"a-gzip\"", false), ("*", false), ("", false),
        ]
    )
    func named(field: String, isCompressed: Bool) {
        let request = fieldSection(("If-None-Match", field))
        #expect(ResponseCoding.compress.isNamed(by: request, of: fieldSection(("ETag", "\"a\""))) == isCompressed)
    }
}
